import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareWithApplied, loadPolicy, readPolicyFiles } from './index.js';

const kinds = new Set(['postgres', 'okta', 'github']);
const shipped = resolve(import.meta.dirname, '../../policies');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
  cpSync(shipped, directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

const edit = (name: string, change: (text: string) => string) =>
  writeFileSync(join(directory, name), change(readFileSync(join(directory, name), 'utf8')));

test('a clone has the digest that was applied; comments do not move it', () => {
  const { digest } = readPolicyFiles(shipped, kinds);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  edit('people/employees.yaml', (text) => `# a note\n${text}`);
  expect(compareWithApplied(directory, kinds, digest)).toEqual({ same: true });
});

test('rule 17: files that differ in one role, one privilege or one byte of wasm are said to differ', () => {
  const { digest } = readPolicyFiles(shipped, kinds);
  const changes: [string, () => void][] = [
    [
      'people/employees.yaml',
      () => edit('people/employees.yaml', (text) => text.replace('[security, codex-hps]', '[security]')),
    ],
    [
      'systems/orders-db.yaml',
      () => edit('systems/orders-db.yaml', (text) => text.replace('SELECT ON', 'UPDATE ON')),
    ],
    ['compiled/policy.wasm', () => writeFileSync(join(directory, 'compiled/policy.wasm'), 'other')],
  ];
  for (const [name, change] of changes) {
    change();
    expect(compareWithApplied(directory, kinds, digest), name).toMatchObject({ same: false });
    cpSync(join(shipped, name), join(directory, name));
  }
  expect(compareWithApplied(directory, kinds, digest)).toEqual({ same: true });
});

test('rule 17: files that cannot be read are an alarm with file and line, not a crash', () => {
  const { digest } = readPolicyFiles(shipped, kinds);
  edit('people/employees.yaml', (text) => text.replace('[platform]', '[gone]'));
  const comparison = compareWithApplied(directory, kinds, digest);
  expect(comparison).toMatchObject({
    same: false,
    problem: expect.stringMatching(/employees\.yaml:5: there is no team gone/),
  });
  rmSync(join(directory, 'people'), { recursive: true });
  expect(compareWithApplied(directory, kinds, digest)).toMatchObject({ same: false });
});

test('rule 2: without a compiled bundle a process starts, and every beginning is denied', async () => {
  rmSync(join(directory, 'compiled'), { recursive: true });
  const policy = await loadPolicy(readPolicyFiles(directory, kinds));
  const decision = policy.decide('elevation/decision', { action: 'request' });
  expect(decision).toMatchObject({ effect: 'deny', reasons: [{ rule: 'policy.unavailable' }] });
});
