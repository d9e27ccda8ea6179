import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CountersignError } from '../../src/core/errors.js';
import type { Account } from './postgres-binaries.js';
import { OWNER_FILE, readPostmasterFile } from './postgres-leftover.js';

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '200',
} as const;

/** Where the server writes; anew at each start. */
export const logOf = (dataDir: string): string => `${dataDir}.log`;

/**
 * Makes the cluster's files: SCRAM only, UTF-8, whatever LANG says. Made beside and then renamed, so that one interrupted
 * half-way is never taken for a cluster. Throws `initdb_failed`, or `directory_not_empty` rather than touch what is there.
 */
export function initialise(binaries: string, dataDir: string, password: string, account: Account): void {
  const [made, passwordFile] = [`${dataDir}.new`, `${dataDir}.password`];
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined)
    for (const path of [made, passwordFile]) chownSync(path, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const { status, stderr } = spawnSync(join(binaries, 'bin', 'initdb'), ['-D', made, ...access, ...locale], {
    ...account,
    cwd: '/',
    env: {},
    encoding: 'utf8',
  });
  rmSync(passwordFile, { force: true });
  if (status !== 0)
    throw new CountersignError(
      'initdb_failed',
      `PostgreSQL could not set up ${dataDir}: is the disk full or read-only?`,
      {
        detail: stderr.slice(-500),
      },
    );
  try {
    renameSync(made, dataDir);
  } catch (cause) {
    rmSync(made, { recursive: true, force: true });
    throw new CountersignError(
      'directory_not_empty',
      `${dataDir} holds other files: choose an empty or a new directory.`,
      { cause },
    );
  }
}

/** Starts the server in a session of its own; its log goes to `logOf(dataDir)`. */
export function launch(
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
export async function untilReady(server: ChildProcess, dataDir: string, port: number): Promise<number> {
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
