import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { systemClock } from '../../src/core/clock.js';
import { newRequestId } from '../../src/core/ids.js';
import { replayRequest } from '../../src/edges/http/replay.js';
import { createPseudonyms, type DecisionRecord, prepareEvent } from '../../src/ledger/index.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../src/policy/index.js';
import { alice, type LedgerHarness, openLedger, tenant } from './harness.js';

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

/** One event about a new request, decided as given; what its replay says. */
async function verdictOf(decision: DecisionRecord | null): Promise<string[]> {
  const requestId = newRequestId();
  const deps = { pseudonyms: createPseudonyms(ledger.admin), subjectKeys: ledger.subjectKeys };
  const draft = { type: 'elevation.requested', requestId, actor: alice };
  const event = await prepareEvent(deps, { tenant, at: systemClock.now(), draft, decision });
  await ledger.admin.query('SELECT ledger.enqueue($1, $2)', [tenant, JSON.stringify([event])]);
  await ledger.drained();
  return (await replayRequest(ledger.admin, tenant, requestId)).map(({ verdict }) => verdict);
}

test('a decision replays from the input and the rules that were kept', async () => {
  expect(await verdictOf(policy.decide('elevation/decision', { any: 'facts' }))).toEqual(['same']);
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
