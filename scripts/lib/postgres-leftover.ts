import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CountersignError } from '../../src/core/errors.js';

/** Who started the cluster; while that process lives the cluster is not ours to touch. */
export const OWNER_FILE = 'countersign.owner';

/**
 * Clears the way for a start: a cluster whose starter died keeps serving (it is detached), and after a `kill -9` of the
 * postmaster its busy backends live on and block the next start. Throws `cluster_in_use` while the starter is alive.
 */
export async function stopLeftover(dataDir: string): Promise<void> {
  const postmaster = toPid(readPostmasterFile(dataDir)[0]);
  const owner = readOwner(dataDir);
  const running = postmaster !== undefined && isServerOf(postmaster, dataDir);
  if (running && owner !== undefined && owner !== process.pid && isAlive(owner))
    throw new CountersignError(
      'cluster_in_use',
      `Process ${owner} is using the database in ${dataDir}: stop it, or choose another data directory.`,
    );
  if (running) await endProcess(postmaster, 'SIGINT');
  for (const orphan of processesIn(dataDir)) await endProcess(orphan, 'SIGTERM');
}

/** The lines of postmaster.pid: process, directory, start, port, …, and on the eighth its status. */
export function readPostmasterFile(dataDir: string): string[] {
  const file = join(dataDir, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Sends the signal and waits until the process is gone; SIGQUIT (no clean shutdown, but crash-safe) after ten seconds. */
export async function endProcess(pid: number, signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<void> {
  send(pid, signal);
  for (let waitedMs = 0; isAlive(pid); waitedMs += 20) {
    if (waitedMs === 10_000) send(pid, 'SIGQUIT');
    if (waitedMs >= 15_000)
      throw new CountersignError('cluster_stuck', `The PostgreSQL process ${pid} does not end.`);
    await delay(20);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Pids are recycled: only a process that works inside the data directory is its server. */
function isServerOf(pid: number, dataDir: string): boolean {
  return existsSync('/proc') ? workingDirectory(pid) === realpathSync(dataDir) : isAlive(pid);
}

function processesIn(dataDir: string): number[] {
  if (!existsSync('/proc') || !existsSync(dataDir)) return [];
  const home = realpathSync(dataDir);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && workingDirectory(pid) === home);
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function readOwner(dataDir: string): number | undefined {
  const file = join(dataDir, OWNER_FILE);
  return existsSync(file) ? toPid(readFileSync(file, 'utf8')) : undefined;
}

function toPid(text: string | undefined): number | undefined {
  const pid = Number.parseInt(text ?? '', 10);
  return pid > 0 ? pid : undefined;
}
