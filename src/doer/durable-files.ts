import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** On disk when this returns: file and directory are synced, and a reader sees the old bytes or the new, never half. */
export function writeDurably(path: string, bytes: Uint8Array | string): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, Buffer.from(bytes));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncDirectory(dirname(path));
}

export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

/** Null when there is no such file. */
export const readDurable = (path: string): Buffer | null => (existsSync(path) ? readFileSync(path) : null);

/** The finished files of a directory by name. */
export function readFiles(directory: string): Map<string, Buffer> {
  const names = readdirSync(directory).filter((name) => !name.endsWith('.new'));
  return new Map(names.map((name) => [name, readFileSync(join(directory, name))]));
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
