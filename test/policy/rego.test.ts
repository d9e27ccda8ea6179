import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findOpa } from '../../scripts/lib/opa.js';
import { compileRules } from '../../scripts/lib/policy-bundle.js';
import { policyDigest } from '../../src/policy/digest.js';
import { loadPolicy } from '../../src/policy/index.js';

const root = resolve(import.meta.dirname, '../..');
const policies = join(root, 'policies');
const opa = await findOpa();

describe.skipIf(opa === null)('the rules, by opa itself', () => {
  const run = (...args: string[]) => spawnSync(opa ?? '', args, { cwd: root, encoding: 'utf8' });
  const Coverage = z.object({ coverage: z.number() });

  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'countersign-rego-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('every Rego test passes', () => {
    const { status, stdout, stderr } = run('test', 'policies');
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^PASS: \d+\/\d+$/m);
  });

  test('the Rego tests reach at least 95 % of the rules', () => {
    expect(
      Coverage.parse(JSON.parse(run('test', '--coverage', 'policies').stdout)).coverage,
    ).toBeGreaterThanOrEqual(95);
  });

  test('the rules pass the strict check and are formatted', () => {
    const strict = run('check', '--strict', 'policies');
    expect(strict.status, strict.stderr).toBe(0);
    const unformatted = run('fmt', '--fail', '--diff', 'policies');
    expect(unformatted.status, unformatted.stdout).toBe(0);
  });

  test('the committed bundle is, byte for byte, what the committed rules compile to', () => {
    const rebuilt = compileRules(opa ?? '', policies);
    expect(Buffer.compare(rebuilt, readFileSync(join(policies, 'compiled/policy.wasm')))).toBe(0);
  });

  test('rule 2: a bundle that needs a built-in of its host denies everything', async () => {
    const { decision, faults } = await ask('borrowing', 'decision := sprintf("%d", [input.n])');
    expect(decision.reasons).toMatchObject([{ rule: 'policy.unavailable' }]);
    expect(faults).toMatchObject([{ code: 'policy.needs_builtin', detail: 'sprintf' }]);
  });

  test('rule 2: rules that contradict each other deny', async () => {
    const { decision, faults } = await ask('torn', 'decision := input.a\n\ndecision := input.b', {
      a: 1,
      b: 2,
    });
    expect(decision).toMatchObject({ effect: 'deny', reasons: [{ rule: 'policy.unavailable' }] });
    expect(faults).toHaveLength(1);
  });

  test.each([
    ['nothing', 'decision := 1 if input.never'],
    ['a bare yes', 'decision := true'],
    ['an effect nobody knows', answer('{"effect": "oblige"}')],
    ['a permission without its rule', answer('{"effect": "allow", "reasons": []}')],
    [
      'countersigning by nobody',
      answer('{"effect": "require_hitl", "approvers": {"needed": 1, "principals": []}}'),
    ],
    [
      'countersigning by one who counts twice',
      answer('{"effect": "require_hitl", "approvers": {"needed": 2, "principals": ["bob", "bob"]}}'),
    ],
    ['a member nobody knows', answer('{"effect": "allow", "unless": "friday"}')],
  ])('rule 2: a policy that answers %s denies', async (_, rule) => {
    const { decision } = await ask('odd', rule);
    expect(decision).toMatchObject({ effect: 'deny', reasons: [{ rule: 'policy.unavailable' }] });
  });

  test('a policy of your own decides in the same words', async () => {
    const { decision, faults } = await ask('own', answer('{"effect": "allow"}'));
    expect(faults).toEqual([]);
    expect(decision).toMatchObject({ effect: 'allow', reasons: [{ rule: 'own.rule' }] });
  });

  async function ask(name: string, rule: string, facts: { a?: number; b?: number } = {}) {
    const rules = join(directory, name, 'policies');
    mkdirSync(join(rules, 'own'), { recursive: true });
    writeFileSync(
      join(rules, 'own/decision.rego'),
      `package own\n\n# METADATA\n# entrypoint: true\n${rule}\n`,
    );
    const bundle = compileRules(opa ?? '', rules);
    const organisation = { people: [], teams: [], roles: [], systems: [], conflicts: [] };
    const faults: unknown[] = [];
    const digest = policyDigest(bundle, organisation);
    const policy = await loadPolicy({ bundle, organisation, digest, onFault: (fault) => faults.push(fault) });
    return { decision: policy.decide('own/decision', facts), faults };
  }
});

/** An answer in form, with some members changed. */
function answer(changes: string): string {
  const inForm =
    '{"reasons": [{"rule": "own.rule", "message": "Ours."}], "approvers": null, "obligations": []}';
  return `decision := object.union(${inForm}, ${changes})`;
}
