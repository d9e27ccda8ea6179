import { serve } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { systemClock } from '../../src/core/clock.js';
import { newRequestId } from '../../src/core/ids.js';
import { auditRoutes } from '../../src/edges/http/audit.js';
import { auditorsOnly } from '../../src/edges/http/auditor.js';
import { replayRequest } from '../../src/edges/http/replay.js';
import { createPseudonyms, type DecisionRecord, prepareEvent } from '../../src/ledger/index.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../src/policy/index.js';
import { alice, type LedgerHarness, openLedger, tenant } from './harness.js';
import { runAudit } from './run-audit.js';

let ledger: LedgerHarness;
let policy: Policy;
beforeAll(async () => {
  ledger = await openLedger();
  ledger.start();
  const files = readPolicyFiles('policies', connectorKinds);
  policy = await loadPolicy(files);
  await ledger.admin.query(
    `INSERT INTO gate.policy_apply (tenant, serial, digest, organisation, bundle, event_id, applied_at)
     VALUES ($1, 1, $2, $3, $4, gen_random_uuid(), now())`,
    [tenant, files.digest, JSON.stringify(files.organisation), Buffer.from(files.bundle)],
  );
});
afterAll(() => ledger.close());

/** One event about a request, decided as given; what its replay says. */
async function verdictOf(
  decision: DecisionRecord | null,
  requestId = newRequestId(),
  type = 'elevation.requested',
): Promise<string[]> {
  const deps = { pseudonyms: createPseudonyms(ledger.admin), subjectKeys: ledger.subjectKeys };
  const draft = { type, requestId, actor: alice };
  const event = await prepareEvent(deps, { tenant, at: systemClock.now(), draft, decision });
  await ledger.admin.query('SELECT ledger.enqueue($1, $2)', [tenant, JSON.stringify([event])]);
  await ledger.drained();
  return (await replayRequest(ledger.admin, tenant, requestId)).map(({ verdict }) => verdict);
}

test('a decision replays from the input and the rules that were kept', async () => {
  expect(await verdictOf(policy.decide('elevation/decision', { any: 'facts' }))).toEqual(['same']);
});

test.each([
  ['break_glass/decision', 'break-glass.used'],
  ['auditor_token/decision', 'auditor-token.requested'],
  ['elevation/decision', 'window.used'],
])('the rules of %s are asked again for %s', async (entrypoint, type) => {
  const decision = policy.decide(entrypoint, { any: 'facts' });
  expect(decision.reasons).not.toMatchObject([{ rule: 'policy.unavailable' }]);
  expect(await verdictOf(decision, newRequestId(), type)).toEqual(['same']);
});

test('a decision that the rules would not have given is named', async () => {
  const { reasons, policyDigest, inputDigest, input } = policy.decide('elevation/decision', { any: 'facts' });
  expect(await verdictOf({ effect: 'allow', reasons, policyDigest, inputDigest, input })).toEqual([
    'different',
  ]);
});

test('an ending asked no rule, and rules that are gone are said to be gone', async () => {
  const { reasons, inputDigest, input } = policy.decide('elevation/decision', { any: 'facts' });
  expect(await verdictOf({ effect: 'oblige', reasons, policyDigest: 'none', inputDigest, input })).toEqual([
    'not_asked',
  ]);
  expect(
    await verdictOf({ effect: 'deny', reasons, policyDigest: 'f'.repeat(64), inputDigest, input }),
  ).toEqual(['rules_gone']);
});

describe('over HTTP and by the command', () => {
  const token = 'auditor-token-0123456789';
  const reads: string[] = [];
  let server: ReturnType<typeof serve>;
  let http: string;
  beforeAll(async () => {
    const app = auditRoutes({
      pool: ledger.admin,
      tenant,
      subjectKeys: null,
      auditors: auditorsOnly({
        authenticate: async (given) => (given === token ? { label: 'auditor' } : null),
        onRead: async (label, what) => void reads.push(`${label}: ${what}`),
        onRefused: async () => undefined,
      }),
    });
    http = await new Promise((resolve) => {
      server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      );
    });
  });
  afterAll(() => server.close());
  afterEach(() => {
    process.exitCode = undefined;
  });

  const runReplay = (request: string) => runAudit({ http, token }, 'replay', request);

  test('a request that replays as it was decided: exit 0, each entry named, the read told', async () => {
    const requestId = newRequestId();
    await verdictOf(policy.decide('elevation/decision', { any: 'facts' }), requestId);
    expect(await runReplay(requestId)).toEqual({
      code: 0,
      text: expect.stringMatching(/^\d+ {2}\S+ {2}elevation\.requested {2}deny {2}same\nOK: /),
    });
    expect(reads.at(-1)).toBe(`auditor: /v1/audit/replay/${requestId}`);
  });

  test('one that the rules would not have given: exit 1, and what they answer', async () => {
    const requestId = newRequestId();
    const { reasons, policyDigest, inputDigest, input } = policy.decide('elevation/decision', {
      any: 'facts',
    });
    await verdictOf({ effect: 'allow', reasons, policyDigest, inputDigest, input }, requestId);
    expect(await runReplay(requestId)).toEqual({ code: 1, text: expect.stringContaining('FAILED') });
    const answer = await fetch(`${http}/v1/audit/replay/${requestId}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({
      ok: false,
      events: [{ verdict: 'different', answered: { effect: 'deny' } }],
    });
  });

  test('an unknown request, a malformed one and a missing token: exit 1, 404, 401', async () => {
    expect(await runReplay(newRequestId())).toMatchObject({ code: 1, text: expect.stringContaining('404') });
    expect(await runReplay('../events')).toMatchObject({ code: 1 });
    expect((await fetch(`${http}/v1/audit/replay/${newRequestId()}`)).status).toBe(401);
  });
});
