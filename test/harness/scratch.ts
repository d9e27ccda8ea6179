import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster } from '../../scripts/lib/embedded-postgres.js';

const IN_MEMORY = '/dev/shm';
/** Several times what three houses and the tests' own cluster hold. */
const ROOM_BYTES = 8 * 2 ** 30;
const PREFIX = 'countersign-run-';

/**
 * One directory for everything a run writes, in memory where there is room: every cluster and every database is made of
 * hundreds of files, and on a disk their making and deleting is a third of all the work. TMPDIR, where set, is obeyed.
 */
export default async function setup(): Promise<() => void> {
  const base = process.env['TMPDIR'] === undefined && hasRoom() ? IN_MEMORY : tmpdir();
  await sweepAbandoned(base);
  const directory = mkdtempSync(join(base, `${PREFIX}${process.pid}-`));
  chmodSync(directory, 0o755); // PostgreSQL's account enters it too
  process.env['TMPDIR'] = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}

function hasRoom(): boolean {
  if (!existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return Math.min(bavail * bsize, process.availableMemory()) >= ROOM_BYTES;
}

/** A run that was killed leaves its files, and clusters that serve: the next one ends them. */
async function sweepAbandoned(base: string): Promise<void> {
  for (const name of readdirSync(base)) {
    const starter = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (starter === undefined || isAlive(Number(starter))) continue;
    const directory = join(base, name);
    for (const one of readdirSync(directory)) await removeCluster(join(directory, one));
    rmSync(directory, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
