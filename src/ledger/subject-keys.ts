import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CountersignError } from '../core/errors.js';
import { Pseudonym } from './pseudonyms.js';

/**
 * Keys that hold personal data, one a pseudonym. They live outside the database: its backup would undo an erasure.
 */
export interface SubjectKeys {
  /** The subject's key, made on first use. Two processes that ask at once get the same one. */
  obtain(pseudonym: string): Promise<Uint8Array>;
  /** Null when there is none: never made, or erased. */
  find(pseudonym: string): Promise<Uint8Array | null>;
  /** Destroys the key; repeats safely. What it sealed can never be read again, commitments still verify as entries. */
  erase(pseudonym: string): Promise<void>;
}

const KEY_BYTES = 32;

/** A directory of 0600 files, one a pseudonym. Share it between the processes that write events. */
export function fileSubjectKeys(directory: string): SubjectKeys {
  const pathOf = (pseudonym: string) => join(directory, `${Pseudonym.parse(pseudonym)}.key`);

  async function find(pseudonym: string): Promise<Uint8Array | null> {
    const key = await readFile(pathOf(pseudonym)).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (key && key.length !== KEY_BYTES)
      throw new CountersignError('subject_key_invalid', 'A subject key is damaged.', { detail: pseudonym });
    return key;
  }

  async function obtain(pseudonym: string): Promise<Uint8Array> {
    const found = await find(pseudonym);
    if (found) return found;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await createOnce(pathOf(pseudonym), randomBytes(KEY_BYTES));
    return obtain(pseudonym);
  }

  /** With the copy that a process left aside which died while it made the key; durable once it returns. */
  async function erase(pseudonym: string): Promise<void> {
    const file = basename(pathOf(pseudonym));
    const names = await readdir(directory).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (names === null) return;
    for (const name of names.filter((one) => one.startsWith(file)))
      await rm(join(directory, name), { force: true });
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  return { find, obtain, erase };
}

/** Written aside, then linked: whoever comes second finds a whole key, never an empty file. */
async function createOnce(path: string, key: Uint8Array): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(key);
    await file.sync();
    await link(aside, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await file.close();
    await rm(aside, { force: true });
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
