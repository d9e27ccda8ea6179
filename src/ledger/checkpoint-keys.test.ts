import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseVerifierKey, verifierKeyOf } from '../core/note.js';
import { loadCheckpointKeys } from './checkpoint-keys.js';
import { readWitnessSettings } from './witness-settings.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkpoint-keys-'));
});
afterEach(() => rm(directory, { recursive: true }));

const vkeysOf = async (origin: string) =>
  (await loadCheckpointKeys(directory)).signersFor(origin).map(verifierKeyOf);

test('the first start makes one key, of mode 0600, and later starts find it', async () => {
  const first = await vkeysOf('o');
  expect(first).toHaveLength(1);
  expect(await vkeysOf('o')).toEqual(first);
  expect(await readdir(directory)).toEqual(['checkpoint-signer.json']);
  expect((await stat(join(directory, 'checkpoint-signer.json'))).mode & 0o777).toBe(0o600);
});

test('rule 18: one key signs for every log under another key id', async () => {
  const [one, two] = await Promise.all([vkeysOf('countersign.log/T1'), vkeysOf('countersign.log/T2')]);
  expect(one[0]?.split('+')[1]).not.toBe(two[0]?.split('+')[1]);
});

test('a damaged key file is an error that quotes nothing of it', async () => {
  await writeFile(join(directory, 'checkpoint-signer.json'), '{"privateKeys":["c2VjcmV0"]}');
  await expect(loadCheckpointKeys(directory)).rejects.toMatchObject({
    code: 'checkpoint_key_invalid',
    message: expect.not.stringContaining('c2VjcmV0'),
  });
});

test('a witness makes its key at first start, keeps it, and names what is wrong with its settings', async () => {
  const [log] = await vkeysOf('countersign.log/T1');
  const path = join(directory, 'witness.json');
  const settings = {
    name: 'witness.example/w',
    keyFile: 'w.pem',
    stateDirectory: 'state',
    port: 0,
    logs: [log],
  };
  await writeFile(path, JSON.stringify(settings));
  const clock = { now: () => new Date(0) };
  const [first, second] = [await readWitnessSettings(path, clock), await readWitnessSettings(path, clock)];
  expect(verifierKeyOf(first.signer)).toBe(verifierKeyOf(second.signer));
  expect(parseVerifierKey(verifierKeyOf(first.signer)).type).toBe(0x04);
  expect([...first.logs.keys()]).toEqual(['countersign.log/T1']);
  await writeFile(path, JSON.stringify({ ...settings, name: 'two words' }));
  await expect(readWitnessSettings(path, clock)).rejects.toMatchObject({
    code: 'witness_settings_invalid',
    message: expect.stringContaining('name'),
  });
});
