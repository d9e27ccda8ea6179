import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { CountersignError } from '../../src/core/errors.js';
import { type Account, findPostgresBinaries, isReachable, serverAccount } from './postgres-binaries.js';
import { endProcess, OWNER_FILE, readPostmasterFile, stopLeftover } from './postgres-leftover.js';

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

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '200',
} as const;

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
  const port = options.port ?? (await findFreePort());
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

/** Stops what is left of a cluster whose starter died, and deletes its files. */
export async function removeCluster(dataDir: string): Promise<void> {
  const place = placeFor(resolve(dataDir), serverAccount());
  await stopLeftover(place);
  for (const path of [place, logOf(place)]) rmSync(path, { recursive: true, force: true });
}

/** A TCP port of 127.0.0.1 nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

const logOf = (dataDir: string): string => `${dataDir}.log`;

/** The directory itself; where root's server account cannot enter it (a 0700 home), a stable place that it can. */
function placeFor(dataDir: string, account: Account): string {
  mkdirSync(dirname(dataDir), { recursive: true });
  if (isReachable(dirname(dataDir), account)) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  mkdirSync('/var/lib/countersign', { recursive: true });
  return join('/var/lib/countersign', name);
}

function initialise(binaries: string, dataDir: string, password: string, account: Account): void {
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { mode: 0o700 });
  const passwordFile = `${dataDir}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined)
    for (const path of [dataDir, passwordFile]) chownSync(path, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  try {
    execFileSync(join(binaries, 'bin', 'initdb'), ['-D', dataDir, ...access, ...locale], {
      ...account,
      cwd: '/',
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (cause) {
    rmSync(dataDir, { recursive: true, force: true });
    throw new CountersignError(
      'initdb_failed',
      `PostgreSQL could not set up ${dataDir}: is the disk full or read-only?`,
      { cause },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function launch(
  binaries: string,
  dataDir: string,
  port: number,
  account: Account,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const log = openSync(logOf(dataDir), 'w', 0o600);
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const server = spawn(join(binaries, 'bin', 'postgres'), ['-D', dataDir, '-p', String(port), ...flags], {
    ...account,
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  server.unref();
  writeFileSync(join(dataDir, OWNER_FILE), `${process.pid}\n`);
  return server;
}

/** As pg_ctl does: the eighth line of postmaster.pid turns to `ready`. */
async function untilReady(server: ChildProcess, dataDir: string, port: number): Promise<number> {
  const exited = once(server, 'exit').then(() => {
    throw startFailure(dataDir, port);
  });
  const ready = async (): Promise<number> => {
    for (let waitedMs = 0; waitedMs < 60_000 && server.exitCode === null; waitedMs += 20) {
      const lines = readPostmasterFile(dataDir);
      if (server.pid !== undefined && lines[0] === String(server.pid) && lines[7]?.trim() === 'ready')
        return server.pid;
      await delay(20);
    }
    throw startFailure(dataDir, port);
  };
  exited.catch(() => {});
  return Promise.race([ready(), exited]);
}

function startFailure(dataDir: string, port: number): CountersignError {
  const log = readFileSync(logOf(dataDir), 'utf8');
  if (/address already in use/i.test(log))
    return new CountersignError(
      'port_taken',
      `Port ${port} is taken: choose another, or stop what listens there.`,
    );
  if (/lock file|pre-existing shared memory/i.test(log))
    return new CountersignError(
      'cluster_in_use',
      `Another PostgreSQL still holds ${dataDir}: stop it, or choose another data directory.`,
    );
  return new CountersignError('start_failed', `PostgreSQL did not start; its log is ${logOf(dataDir)}.`, {
    detail: log.slice(-500),
  });
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
