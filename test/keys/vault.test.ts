import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { CountersignError } from '../../src/core/errors.js';
import { openKeys } from '../../src/keys/index.js';
import { readVault, type VaultPlace } from '../../src/keys/vault.js';
import { freePort } from '../harness/slack/index.js';
import { startVault, type TestVault } from '../harness/vault.js';

const KEY = 'bm90LWEta2V5LWJ1dC1zZWNyZXQ=';
const WORKER = { 'packet-signer.json': JSON.stringify({ privateKey: KEY }), 'receipt-keyring.json': '{}' };

let vault: TestVault;
const roles = new Map<string, string>();
beforeAll(async () => {
  vault = await startVault();
  await vault.put('countersign/worker', WORKER);
  await vault.put('countersign/doer', { 'sealed-key.json': `"${KEY}"` });
  for (const name of ['worker', 'doer', 'app'])
    roles.set(name, await vault.role(name, `countersign/${name}`));
});
afterAll(() => vault.close());

async function placeOf(name: string, change: Partial<VaultPlace> = {}): Promise<VaultPlace> {
  return {
    url: vault.url,
    mount: 'secret',
    path: `countersign/${name}`,
    roleId: roles.get(name) ?? '',
    secretId: { kind: 'plain', value: await vault.secretId(name) },
    ...change,
  };
}

const hasty = { patienceMs: 0, onWait: () => undefined };

async function failure(start: Promise<unknown>): Promise<CountersignError> {
  const error: unknown = await start.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CountersignError)) throw new Error(`no error of ours: ${inspect(error)}`);
  return error;
}

test('a process reads all its key files at once, and gives its token back', async () => {
  expect(Object.fromEntries(await readVault(await placeOf('worker'), hasty))).toEqual(WORKER);
  expect(await vault.tokens()).toBe(0);
});

test('a wrapped secret-id opens once: whoever comes second is told what that means', async () => {
  const value = await vault.wrappedSecretId('worker');
  const place = await placeOf('worker', { secretId: { kind: 'wrapped', value } });
  expect((await readVault(place, hasty)).size).toBe(2);
  expect(await failure(readVault(place, hasty))).toMatchObject({
    code: 'vault_wrapping_spent',
    message: expect.stringContaining('if it was not this process that opened it, somebody else holds'),
  });
});

test('a thief who opens the wrapping first is noticed by the process it was meant for', async () => {
  const value = await vault.wrappedSecretId('worker');
  await vault.unwrap(value);
  const place = await placeOf('worker', { secretId: { kind: 'wrapped', value } });
  expect(await failure(readVault(place, hasty))).toMatchObject({ code: 'vault_wrapping_spent' });
});

test('least privilege: the role of one process opens nothing of another', async () => {
  const place = await placeOf('worker', { path: 'countersign/doer' });
  expect(await failure(readVault(place, hasty))).toMatchObject({
    code: 'vault_forbidden',
    message:
      'Vault does not let this process read secret/countersign/doer. Give its role a policy with read on secret/data/countersign/doer.',
  });
});

test("another process's secret-id is refused", async () => {
  const place = await placeOf('worker', { secretId: { kind: 'plain', value: await vault.secretId('doer') } });
  expect(await failure(readVault(place, hasty))).toMatchObject({ code: 'vault_login_refused' });
});

test('a path without keys, and one with something else, say how keys get there', async () => {
  expect(await failure(readVault(await placeOf('app'), hasty))).toMatchObject({
    code: 'vault_keys_missing',
    message: 'Vault holds no keys at secret/countersign/app. Load them as docs/key-rotation.md says.',
  });
  await vault.put('countersign/app', { 'packet-signer.json': { privateKey: KEY } });
  const error = await failure(readVault(await placeOf('app'), hasty));
  expect(error).toMatchObject({ code: 'vault_keys_missing' });
  expect(inspect(error)).not.toContain(KEY);
});

test('a damaged key is an error that quotes nothing of it', async () => {
  await vault.put('countersign/app', { 'packet-signer.json': `{"privateKey":"${KEY}"` });
  const place = await placeOf('app');
  const keys = await openKeys(
    {
      KEYS_VAULT_URL: place.url,
      KEYS_VAULT_MOUNT: place.mount,
      KEYS_VAULT_PATH: place.path,
      KEYS_VAULT_ROLE_ID: place.roleId,
      KEYS_VAULT_SECRET_ID: place.secretId.value,
    },
    { warn: () => undefined },
  );
  const error = await failure(Promise.resolve().then(() => keys.read('packet-signer.json', z.unknown())));
  expect(error).toMatchObject({
    code: 'key_unreadable',
    message:
      'The key file packet-signer.json in Vault at secret/countersign/app is missing or not what it should be.',
  });
  expect(inspect(error)).not.toContain('privateKey');
});

test('a sealed Vault is waited for, and the wrapped secret-id survives the wait', async () => {
  const value = await vault.wrappedSecretId('worker');
  const place = await placeOf('worker', { secretId: { kind: 'wrapped', value } });
  await vault.seal();
  const told: string[] = [];
  const keys = await readVault(place, {
    patienceMs: 30_000,
    onWait: (why) => {
      told.push(why);
      void vault.unseal();
    },
  });
  expect(keys.size).toBe(2);
  expect(told[0]).toMatch(/^Vault at 127\.0\.0\.1:\d+ is sealed: unseal it/);
});

test('a Vault that stays sealed ends the start in one sentence', async () => {
  const place = await placeOf('worker');
  await vault.seal();
  try {
    expect(await failure(readVault(place, hasty))).toMatchObject({
      code: 'vault_away',
      message: expect.stringContaining('is sealed'),
    });
  } finally {
    await vault.unseal();
  }
});

test('a Vault that is not there ends the start in one sentence', async () => {
  const place = await placeOf('worker', { url: `http://127.0.0.1:${await freePort()}` });
  expect(await failure(readVault(place, hasty))).toMatchObject({
    code: 'vault_away',
    message: expect.stringMatching(/^Vault at 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)/),
  });
});

test('no error carries a secret-id, a wrapping token or an answer of Vault', async () => {
  const worker = await placeOf('worker', { path: 'countersign/doer' });
  const stranger = await placeOf('worker', { roleId: 'unknown' });
  const wrapped = await placeOf('worker', { secretId: { kind: 'wrapped', value: 'hvs.spent' } });
  const away = await placeOf('worker', { url: `http://127.0.0.1:${await freePort()}` });
  for (const place of [worker, stranger, wrapped, away]) {
    const shown = inspect(await failure(readVault(place, hasty)), { depth: null });
    expect(shown).not.toContain(place.secretId.value);
    expect(shown).not.toMatch(/X-Vault-Token|permission denied|hvs\./);
  }
});

test('VAULT_TOKEN in the environment is not used in place of the role', async () => {
  vi.stubEnv('VAULT_TOKEN', 'hvs.from-the-environment');
  try {
    expect((await readVault(await placeOf('worker'), hasty)).size).toBe(2);
  } finally {
    vi.unstubAllEnvs();
  }
});
