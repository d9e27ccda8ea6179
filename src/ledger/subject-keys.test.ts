import { link, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileSubjectKeys } from './subject-keys.js';

const pseudonym = `n_${'0f'.repeat(16)}`;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'subject-keys-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('processes that ask at once agree on one key, readable by its owner only', async () => {
  const asked = await Promise.all(
    Array.from({ length: 20 }, () => fileSubjectKeys(directory).obtain(pseudonym)),
  );
  expect(new Set(asked.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  expect(await readdir(directory)).toEqual([`${pseudonym}.key`]);
  expect((await stat(join(directory, `${pseudonym}.key`))).mode & 0o777).toBe(0o600);
});

test('an erased key is gone, and a new one opens nothing of the old', async () => {
  const keys = fileSubjectKeys(directory);
  const old = await keys.obtain(pseudonym);
  await keys.erase(pseudonym);
  await keys.erase(pseudonym);
  expect(await keys.find(pseudonym)).toBeNull();
  expect(await keys.obtain(pseudonym)).not.toEqual(old);
});

test('the copy of a process that died while it made the key goes too, and nobody else’s', async () => {
  const keys = fileSubjectKeys(directory);
  const other = `n_${'0e'.repeat(16)}`;
  await keys.erase(pseudonym);
  await keys.obtain(other);
  await link(join(directory, `${other}.key`), join(directory, `${pseudonym}.key.0123456789abcdef`));
  await keys.obtain(pseudonym);
  await keys.erase(pseudonym);
  expect(await readdir(directory)).toEqual([`${other}.key`]);
});

test('a pseudonym that would leave the directory is refused', async () => {
  await expect(fileSubjectKeys(directory).obtain('../escape')).rejects.toThrow();
});
