import { afterAll, beforeAll, expect, it } from 'vitest';
import { newRequestId } from '../../src/core/ids.js';
import { oblige } from '../../src/policy/index.js';
import { claimEffects, commit, type Effect, finishEffect } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import { type Gatekeeper, openGatekeeper, person, tenant } from './gatekeeper.js';

let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
});
afterAll(() => gate.close());

const HOUR = 3_600_000;

/** Leaves effects in the outbox, as a commit at that moment does. */
const leave = (at: Date, effects: Effect[]) =>
  commit(gate.context.store, {
    tenant,
    at,
    decision: oblige({ rule: 'test.write', message: 'A test writes.', basis: null }),
    event: { type: 'test.happened', requestId: null, actor: person('alice') },
    changes: [],
    effects,
  });

const leaveAlert = (at: Date, text: string) =>
  leave(at, [{ kind: 'alert', requestId: newRequestId(), alert: 'test.alert', text, sink: 'slack' }]);

const claim = async (now: Date) => {
  const kinds = ['alert'] as const;
  const claimed = await claimEffects(gate.context.store, { tenant, kinds, now, take: 16, seconds: 10 });
  return claimed.map(({ effect }) => (effect?.kind === 'alert' ? effect.text : effect));
};

it('rule 14: an effect that does not parse holds up none of those taken with it', async () => {
  const now = gate.clock.now();
  await leaveAlert(now, 'first');
  await withClient(gate.database.urls.admin, (admin) =>
    admin.query(
      `INSERT INTO gate.outbox (tenant, kind, key, payload, not_before, created_at) VALUES ($1, 'alert', 'x', '{"kind":"alert"}', $2, $2)`,
      [tenant, now],
    ),
  );
  await leaveAlert(now, 'last');
  expect(await claim(now)).toEqual(['first', null, 'last']);
});

it('nothing is resolved at the pager before the pager was told of it, whatever Slack has taken', async () => {
  const now = gate.clock.now();
  const about = { requestId: newRequestId(), alert: 'test.alert' };
  await leave(now, [{ kind: 'alert', ...about, text: 'it burns' }]);
  await leave(now, [{ kind: 'resolve', ...about, occasion: '1' }]);
  const take = (kinds: Effect['kind'][]) =>
    claimEffects(gate.context.store, { tenant, kinds, now, take: 16, seconds: 10 });
  const alerts = await take(['alert']);
  expect(await take(['resolve'])).toEqual([]);
  const toPager = alerts.filter(({ effect }) => effect?.kind === 'alert' && effect.sink === 'webhook');
  for (const { id } of toPager) await finishEffect(gate.context.store, id);
  expect(await take(['resolve'])).toMatchObject([{ effect: { ...about, occasion: '1' } }]);
});

it('rule 12: what was left under a clock since set back is due now; what is in hand is not', async () => {
  const now = new Date(gate.clock.now().getTime() + HOUR);
  await leaveAlert(new Date(now.getTime() + HOUR), 'from a wrong hour');
  expect(await claim(now)).toContain('from a wrong hour');
  expect(await claim(now)).toEqual([]);
});

it('what shows the ledger’s own entries waits until the entry of its commit has a position', async () => {
  const now = gate.clock.now();
  const requestId = newRequestId();
  await leave(now, [{ kind: 'project_sequenced', requestId }]);
  const take = () =>
    claimEffects(gate.context.store, { tenant, kinds: ['project_sequenced'], now, take: 16, seconds: 10 });
  expect(await take()).toEqual([]);
  await withClient(gate.database.urls.admin, (admin) =>
    admin.query(
      `INSERT INTO ledger.ledger_sequenced (tenant, event_id, seq)
       SELECT tenant, event_id, 0 FROM gate.outbox WHERE kind = 'project_sequenced'`,
    ),
  );
  expect(await take()).toMatchObject([{ effect: { kind: 'project_sequenced', requestId } }]);
});
