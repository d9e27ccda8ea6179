import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalDigest, type Json } from '../core/canonical.js';
import { policyDigest } from './digest.js';
import { BUNDLE_FILE } from './files.js';
import { isMinted, loadPolicy, type Organisation, type Policy, readPolicyFiles } from './index.js';

const policies = resolve(import.meta.dirname, '../../policies');
const files = readPolicyFiles(policies, new Set(['postgres', 'okta', 'github']));
const bundle = readFileSync(join(policies, BUNDLE_FILE));

const engineer = {
  kind: 'person',
  active: true,
  guest: false,
  roles: ['engineer'],
  teams: [],
  ends_at_ms: null,
};
const approver = { ...engineer, roles: ['engineer', 'approver'] };
const alice = { id: 'alice', ...engineer };
const bob = { id: 'bob', ...approver };

const request = {
  action: 'request',
  now_ms: 1_000,
  tenant: 'T01',
  actor: alice,
  requester: alice,
  subject: alice,
  system: {
    id: 'orders-db',
    kind: 'postgres',
    category: 'production-infrastructure',
    admits_own_accounts: false,
    maximum_minutes: 240,
    required_approvals: 1,
    approver_roles: ['approver'],
    requester_roles: ['engineer'],
    ticket: 'optional',
  },
  login: null,
  scope: {
    id: 'read',
    destructive: false,
    deploys: false,
    maximum_minutes: 120,
    privileges: ['SELECT ON TABLE shop.orders'],
  },
  duration_minutes: 60,
  reason_length: 20,
  start_ms: null,
  ticket: null,
  beside: { waiting: 0, same: [], acknowledged: [] },
  change: null,
  risk: { night: false, first_time: false, asked_in_hour: 1 },
  duties: { wanted: 'orders-db:read', held: [], conflicts: [] },
  candidates: [bob],
  request: {
    state: 'active',
    ends_at_ms: 2_000,
    votes: [{ principal: bob, verdict: 'approve', seal_matches: true }],
  },
};

const passing: Record<string, Json> = {
  request,
  vote: {
    ...request,
    action: 'vote',
    verdict: 'approve',
    actor: bob,
    request: { ...request.request, votes: [] },
  },
  execute: { ...request, action: 'execute' },
  reveal: { ...request, action: 'reveal' },
  end: { ...request, action: 'end' },
  cancel: { ...request, action: 'cancel' },
};

const service = { ...bob, kind: 'service' };
const contractor = { ...alice, kind: 'contractor' };
const denial = { principal: { ...bob, id: 'cat' }, verdict: 'deny', seal_matches: true };
const purge = { ...request.scope, destructive: true };

/** One of each refusal. */
const refused: Record<string, Json> = {
  'a deactivated requester': {
    ...request,
    actor: { ...alice, active: false },
    requester: { ...alice, active: false },
  },
  'an ineligible subject': { ...request, subject: { ...bob, id: 'dan', roles: [] } },
  'a contractor near customer data': {
    ...request,
    subject: contractor,
    system: { ...request.system, category: 'customer-data' },
  },
  'a subject without an account there': {
    ...request,
    system: { ...request.system, admits_own_accounts: true },
  },
  'a duration above the maximum': { ...request, duration_minutes: 121 },
  'a short reason': { ...request, reason_length: 9 },
  'a destructive request with one approver': { ...request, scope: purge },
  'a vote of the requester': { ...request, action: 'vote', actor: bob, requester: bob },
  'a vote of the subject': { ...request, action: 'vote', actor: bob, subject: bob },
  'a vote of a service': { ...request, action: 'vote', actor: service },
  'a vote of a guest': { ...request, action: 'vote', actor: { ...bob, guest: true } },
  'a vote without the role': { ...request, action: 'vote', actor: { ...bob, roles: [] } },
  'an execution against a denial': {
    ...request,
    action: 'execute',
    request: { votes: [...request.request.votes, denial] },
  },
  'an execution on stale votes': {
    ...request,
    action: 'execute',
    request: { votes: [{ principal: bob, verdict: 'approve', seal_matches: false }] },
  },
  'a destructive execution on one vote': { ...request, action: 'execute', scope: purge },
  'a credential for another': { ...request, action: 'reveal', actor: bob },
  'a credential after the end': { ...request, action: 'reveal', now_ms: 2_000 },
  'an end by a passer-by': { ...request, action: 'end', actor: { ...alice, id: 'erin' } },
  'a cancellation by another': { ...request, action: 'cancel', actor: bob },
};

let policy: Policy;
beforeAll(async () => {
  policy = await loadPolicy(files);
});

describe('the shipped policy', () => {
  test('a request names its approvers, its rules, the policy and the facts', () => {
    const decision = policy.decide('elevation/decision', request);
    expect(isMinted(decision)).toBe(true);
    expect(decision).toMatchObject({
      effect: 'require_hitl',
      reasons: [{ rule: 'elevation.countersign' }],
      approvers: { needed: 1, principals: ['bob'] },
      policyDigest: files.digest,
      inputDigest: canonicalDigest(request),
    });
    expect(JSON.parse(decision.input)).toEqual(request);
  });

  test.each(['vote', 'execute', 'reveal', 'end', 'cancel'])('%s is allowed by its own rule', (action) => {
    const decision = policy.decide('elevation/decision', passing[action] ?? null);
    expect(decision).toMatchObject({
      effect: 'allow',
      reasons: [{ rule: `elevation.${action}` }],
      approvers: null,
    });
  });

  test('rule 17: the first apply is the genesis and no other is allowed', () => {
    expect(policy.decide('organisation/decision', { action: 'apply', applied: null }).effect).toBe('allow');
    expect(policy.decide('organisation/decision', { action: 'apply', applied: files.digest }).effect).toBe(
      'deny',
    );
  });

  test.each(Object.entries(refused))('rule 2: losing a fact never turns %s into a permission', (_, facts) => {
    expect(permits(facts)).toBe(false);
    for (const path of membersOf(facts))
      for (const loss of [undefined, null])
        expect(permits(replaced(facts, path, loss)), path.join('.')).toBe(false);
  });
});

describe('rule 2: a policy that cannot be asked denies beginnings and never throws', () => {
  const unavailable = { effect: 'deny', reasons: [{ rule: 'policy.unavailable' }] };

  test.each([
    ['missing', new Uint8Array()],
    ['cut short', bundle.subarray(0, bundle.length / 2)],
    ['no wasm', new TextEncoder().encode('{"allow": true}')],
  ])('bundle %s', async (_, broken) => {
    const faults: unknown[] = [];
    const digest = policyDigest(broken, files.organisation);
    const denying = await loadPolicy({
      ...files,
      bundle: broken,
      digest,
      onFault: (fault) => faults.push(fault),
    });
    expect(denying.decide('elevation/decision', request)).toMatchObject(unavailable);
    expect(faults).toHaveLength(1);
  });

  test('rule 17: a bundle or an organisation swapped in the store is not the applied one', async () => {
    const swapped: Organisation = { ...files.organisation, people: [] };
    const changed = Buffer.concat([bundle, Buffer.from([0])]);
    for (const other of [
      { ...files, organisation: swapped },
      { ...files, bundle: changed },
    ]) {
      const faults: unknown[] = [];
      const denying = await loadPolicy({ ...other, onFault: (fault) => faults.push(fault) });
      expect(denying.decide('elevation/decision', request)).toMatchObject(unavailable);
      expect(faults).toMatchObject([{ code: 'policy.digest_mismatch' }]);
    }
  });

  test('a bundle with any byte flipped is not the applied one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bundle.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const flipped = Uint8Array.from(bundle);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        const denying = await loadPolicy({ ...files, bundle: flipped });
        expect(denying.decide('elevation/decision', request)).toMatchObject(unavailable);
      }),
      { numRuns: 20 },
    );
  });

  test('facts without an exact JSON form, or too deep, are denied; the next decision is unharmed', {
    timeout: 60_000,
  }, () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    for (const facts of [{ reason: '\ud800' }, { at: 2 ** 60 }, deep])
      expect(policy.decide('elevation/decision', facts)).toMatchObject(unavailable);
    expect(policy.decide('elevation/nothing', request)).toMatchObject(unavailable);
    expect(policy.decide('elevation/decision', request).effect).toBe('require_hitl');
  });

  test('many and large facts leave the next decision what it was', { timeout: 60_000 }, () => {
    const crowd = {
      ...request,
      candidates: Array.from({ length: 5_000 }, (_, n) => ({ ...bob, id: `bob-${n}` })),
    };
    expect(policy.decide('elevation/decision', crowd).approvers?.principals).toHaveLength(5_000);
    for (let round = 0; round < 2_000; round++) policy.decide('elevation/decision', request);
    expect(policy.decide('elevation/decision', request).approvers?.principals).toEqual(['bob']);
  });
});

function permits(facts: Json): boolean {
  return ['allow', 'require_hitl'].includes(policy.decide('elevation/decision', facts).effect);
}

/** The path of every member of every object, at any depth. */
function membersOf(value: Json, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const inner = membersOf(member, [...path, key]);
    return Array.isArray(value) ? inner : [[...path, key], ...inner];
  });
}

function replaced(value: Json, [key, ...rest]: readonly string[], by: null | undefined): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? replaced(item, rest, by) : item));
  const members = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    if (name !== key) return [[name, member]];
    if (rest.length > 0) return [[name, replaced(member, rest, by)]];
    return by === undefined ? [] : [[name, by]];
  });
  return Object.fromEntries(members);
}
