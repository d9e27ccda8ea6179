import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sequencerConfig, workerConfig } from './config.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-'));
  vi.stubEnv('COUNTERSIGN_TENANT', 'T1');
  vi.stubEnv('COUNTERSIGN_KEYS_DIR', directory);
  vi.stubEnv('COUNTERSIGN_DATA_DIR', directory);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

test('a secret may stand in the environment while trying things out', () => {
  vi.stubEnv('COUNTERSIGN_DATABASE_URL', 'postgresql://plain');
  expect(sequencerConfig().DATABASE_URL).toBe('postgresql://plain');
});

test('in production a secret in the environment is refused by name, and not repeated', () => {
  vi.stubEnv('NODE_ENV', 'production');
  vi.stubEnv('COUNTERSIGN_DATABASE_URL', 'postgresql://cs:hunter2@db');
  expect(sequencerConfig).toThrow(/COUNTERSIGN_DATABASE_URL: a secret; in production name a file/);
  expect(sequencerConfig).not.toThrow(/hunter2/);
});

test('in production it comes from a file', () => {
  vi.stubEnv('NODE_ENV', 'production');
  writeFileSync(join(directory, 'url'), 'postgresql://mounted\n');
  vi.stubEnv('COUNTERSIGN_DATABASE_URL_FILE', join(directory, 'url'));
  expect(sequencerConfig().DATABASE_URL).toBe('postgresql://mounted');
});

test('in production nobody moves the clock or plants a fault', () => {
  vi.stubEnv('NODE_ENV', 'production');
  vi.stubEnv('COUNTERSIGN_CLOCK_FILE', join(directory, 'clock'));
  vi.stubEnv('COUNTERSIGN_FAULT_SPOT', 'sequencer.ready');
  expect(sequencerConfig).toThrow(/CLOCK_FILE: for demonstrations[\s\S]*FAULT_SPOT: for demonstrations/);
});

function stubVault(more: Readonly<Record<string, string>> = {}): void {
  vi.stubEnv('COUNTERSIGN_DATABASE_URL', 'postgresql://plain');
  vi.stubEnv('COUNTERSIGN_KEYS_DIR', undefined);
  const settings = { URL: 'https://vault.example', PATH: 'countersign/sequencer', ROLE_ID: 'r', ...more };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(`COUNTERSIGN_KEYS_VAULT_${name}`, value);
}

test('keys come from a directory or from Vault, from one of them', () => {
  stubVault({ WRAPPED_SECRET_ID: 'hvs.x' });
  expect(sequencerConfig()).toMatchObject({
    KEYS_VAULT_MOUNT: 'secret',
    KEYS_VAULT_WRAPPED_SECRET_ID: 'hvs.x',
  });
  vi.stubEnv('COUNTERSIGN_KEYS_DIR', directory);
  expect(sequencerConfig).toThrow('COUNTERSIGN_KEYS_DIR: keys come from one place');
  vi.stubEnv('COUNTERSIGN_KEYS_DIR', undefined);
  vi.stubEnv('COUNTERSIGN_KEYS_VAULT_URL', undefined);
  expect(sequencerConfig).toThrow('COUNTERSIGN_KEYS_DIR: where are the keys of this process?');
});

test('Vault is named whole: over TLS, with a path, and with one secret-id', () => {
  stubVault({ URL: 'http://vault.example', PATH: '' });
  expect(sequencerConfig).toThrow(
    /VAULT_URL: must be https[\s\S]*VAULT_PATH: needed[\s\S]*VAULT_WRAPPED_SECRET_ID: name this/,
  );
  stubVault({ SECRET_ID: 's', WRAPPED_SECRET_ID: 'hvs.x' });
  expect(sequencerConfig).toThrow('and only one');
});

test('in production a secret-id comes from a file too', () => {
  vi.stubEnv('NODE_ENV', 'production');
  stubVault({ SECRET_ID: 'hunter2' });
  expect(sequencerConfig).toThrow(/COUNTERSIGN_KEYS_VAULT_SECRET_ID: a secret; in production name a file/);
  expect(sequencerConfig).not.toThrow(/hunter2/);
});

test('alerts go nowhere unsigned', () => {
  const needed = [
    'DATABASE_URL',
    'SUBJECT_KEYS_DIR',
    'SLACK_BOT_TOKEN',
    'SLACK_REQUESTS_CHANNEL',
    'SLACK_CODEX_HPS_CHANNEL',
  ];
  for (const name of needed) vi.stubEnv(`COUNTERSIGN_${name}`, 'x');
  vi.stubEnv('COUNTERSIGN_ALERT_WEBHOOK_URL', 'https://pager.example/v2/enqueue');
  expect(workerConfig).toThrow('COUNTERSIGN_ALERT_WEBHOOK_SECRET: needed with ALERT_WEBHOOK_URL');
  vi.stubEnv('COUNTERSIGN_ALERT_WEBHOOK_SECRET', 'sixteen characters');
  expect(workerConfig().ALERT_WEBHOOK_SECRET).toBe('sixteen characters');
});
