import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { CountersignError } from '../../src/core/errors.js';
import { freePort } from './free-port.js';
import { type Account, findPostgresBinaries, isReachable, serverAccount } from './postgres-binaries.js';
import { endProcess, stopLeftover } from './postgres-leftover.js';
import { initialise, launch, logOf, untilReady } from './postgres-server.js';

export interface ClusterOptions {
  /** Made on the first start, kept over restarts. */
  dataDir: string;
  /** A free one when absent. */
  port?: number;
  /** Of the superuser `postgres`; fixed at the first start. */
  password: string;
  /** Server settings beside our own, e.g. `{ fsync: 'off' }` for tests. */
  settings?: Readonly<Record<string, string>>;
}

export interface Cluster {
  /** Of the superuser, database `postgres`. */
  url: string;
  port: number;
  dataDir: string;
  pid: number;
  /** Ends sessions, writes everything down, waits until the server is gone. */
  stop(): Promise<void>;
  /** `kill -9`, for fault tests; `startCluster` on the same directory recovers. */
  kill(): Promise<void>;
}

/**
 * Starts a PostgreSQL cluster of our own on 127.0.0.1 (SCRAM only, UTF-8, UTC). It is detached, so that a Ctrl-C in the
 * terminal reaches our processes first and they can still write. Throws a CountersignError whose message says what to do.
 * @example const ours = await startCluster({ dataDir: 'data/ours', password: 'secret' });
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const account = serverAccount();
  const binaries = findPostgresBinaries(account);
  const dataDir = placeFor(resolve(options.dataDir), account);
  await stopLeftover(dataDir);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) initialise(binaries, dataDir, options.password, account);
  const port = options.port ?? (await freePort());
  const server = launch(binaries, dataDir, port, account, options.settings ?? {});
  const pid = await untilReady(server, dataDir, port);
  const url = `postgresql://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`;
  try {
    await assertPassword(url, dataDir);
  } catch (error) {
    await endProcess(pid, 'SIGINT');
    throw error;
  }
  return {
    url,
    port,
    dataDir,
    pid,
    stop: () => endProcess(pid, 'SIGINT'),
    kill: () => endProcess(pid, 'SIGKILL'),
  };
}

/** Stops what is left of a cluster whose starter died, and deletes its files; a directory of anything else is left alone. */
export async function removeCluster(dataDir: string): Promise<void> {
  const place = placeFor(resolve(dataDir), serverAccount());
  if (!existsSync(join(place, 'PG_VERSION'))) return;
  await stopLeftover(place);
  for (const path of [place, logOf(place)]) rmSync(path, { recursive: true, force: true });
}

/** The directory itself; where root's server account cannot enter it (a 0700 home), a stable place that it can. */
function placeFor(dataDir: string, account: Account): string {
  mkdirSync(dirname(dataDir), { recursive: true });
  if (isReachable(dirname(dataDir), account)) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  mkdirSync('/var/lib/countersign', { recursive: true });
  return join('/var/lib/countersign', name);
}

async function assertPassword(url: string, dataDir: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError) || cause.code !== '28P01') throw cause;
    throw new CountersignError(
      'password_mismatch',
      `The database in ${dataDir} has another password: give that one, or start over with an empty directory.`,
    );
  } finally {
    await client.end();
  }
}
