import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { end } from '../../src/capabilities/elevation/end.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import type { VerbContext } from '../../src/capabilities/index.js';
import { connectorKinds } from '../../src/connectors/kinds.js';
import type { RequestId } from '../../src/core/tenant.js';
import { readPolicyFiles } from '../../src/policy/index.js';
import { applyGenesis, readRulesInForce } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import { type Gatekeeper, openGatekeeper, person, readElevation, tenant } from './gatekeeper.js';

const files = readPolicyFiles(resolve(import.meta.dirname, '../../policies'), connectorKinds);
let gate: Gatekeeper;

beforeEach(async () => {
  gate = await openGatekeeper();
  expect(await genesis()).toMatchObject({ ok: true });
});
afterEach(() => gate.close());

const genesis = () =>
  applyGenesis(gate.context.store, {
    tenant,
    at: gate.clock.now(),
    files,
    auditorToken: { digest: 'd'.repeat(64), label: 'first', expiresAt: new Date('2027-11-21T10:00:00Z') },
    succeeds: { origin: 'countersign.log/T0OLD', size: 7, root: Buffer.alloc(32, 7) },
  });

it('the first entry of a log that takes over commits to the root of the one given up', () =>
  withClient(gate.database.urls.admin, async (admin) => {
    const { rows } = await admin.query(
      `SELECT p->'data'->'succeeds' AS succeeds FROM ledger.ledger_inbox, LATERAL (SELECT convert_from(payload, 'UTF8')::jsonb AS p) AS x
       WHERE p->>'type' = 'organisation.applied'`,
    );
    expect(rows).toEqual([{ succeeds: { origin: 'countersign.log/T0OLD', size: 7, root: '07'.repeat(32) } }]);
  }));

const ask = (context: VerbContext) =>
  requestElevation(context, {
    by: person('alice'),
    input: `ask-${randomUUID()}`,
    asked: {
      system: 'orders-db',
      scope: 'read-orders',
      durationMinutes: 15,
      reason: 'INC-1 orders are stuck',
    },
  });

/** An approved elevation whose grant packet is out: the target may have an account by now. */
async function released(): Promise<RequestId> {
  const asked = await ask(gate.context);
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.value;
  const { details } = await readElevation(gate.context, id);
  await approve(gate.context, id, { by: person('bob'), seal: details.seal, input: `yes-${id}` });
  await elevation.onDue(gate.context, await readElevation(gate.context, id));
  expect((await readElevation(gate.context, id)).state).toBe('executing');
  return id;
}

it('rule 17: a second genesis is refused and changes nothing', async () => {
  expect(await genesis()).toMatchObject({ ok: false });
  expect(await readRulesInForce(gate.context.store, tenant, () => {})).toMatchObject({
    digest: files.digest,
  });
});

it.each([
  ['a flipped bit in the bundle', 'bundle = set_byte(bundle, 5000, get_byte(bundle, 5000) # 1)'],
  ['no bundle', "bundle = ''"],
  ['an organisation that does not parse', `organisation = '{"people": "none"}'`],
  ['an organisation that was not applied', `organisation = jsonb_set(organisation, '{people}', '[]')`],
  ['a digest of something else', "digest = repeat('0', 64)"],
])('rule 2: with %s every beginning is denied and no ending waits', async (_what, assignment) => {
  const [left, given] = [await released(), await released()];
  await withClient(gate.database.urls.admin, async (admin) => {
    await admin.query('ALTER TABLE gate.policy_apply DISABLE TRIGGER ALL');
    await admin.query(`UPDATE gate.policy_apply SET ${assignment}`);
  });
  const faults: unknown[] = [];
  const policy = await readRulesInForce(gate.context.store, tenant, (fault) => faults.push(fault));
  if (policy === null) throw new Error('no rules at all');
  const broken: VerbContext = { ...gate.context, policy };
  expect(faults.length).toBeGreaterThan(0);

  expect(await ask(broken)).toMatchObject({ ok: false, code: 'policy.unavailable' });
  await end(broken, given, { by: person('alice'), input: 'give back' });
  gate.clock.advance(31 * 60_000);
  await elevation.onDue(broken, await readElevation(broken, left));
  for (const id of [left, given]) {
    expect((await readElevation(broken, id)).state).toBe('ending');
    await elevation.onDue(broken, await readElevation(broken, id));
    expect((await readElevation(broken, id)).details.end?.attempts).toBe(1);
  }
});
