import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sequencerConfig } from './config.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-'));
  vi.stubEnv('COUNTERSIGN_TENANT', 'T1');
  vi.stubEnv('COUNTERSIGN_KEYS_DIR', directory);
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
