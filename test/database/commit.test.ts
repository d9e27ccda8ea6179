import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { deny } from '../../src/capabilities/elevation/deny.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import { newEventId, newPacketId, newRequestId } from '../../src/core/ids.js';
import type { RequestId } from '../../src/core/tenant.js';
import { type Decision, isMinted, oblige, refusal } from '../../src/policy/index.js';
import { type Commit, commit, type RequestChange, refuse } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import {
  approver,
  CROWD,
  type Gatekeeper,
  openGatekeeper,
  person,
  readElevation,
  tenant,
} from './gatekeeper.js';

let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
});
afterAll(() => gate.close());

const at = new Date('2026-11-21T10:00:00Z');
const alice = person('alice');

const opening = (id: RequestId): RequestChange => ({
  id,
  capability: 'test',
  requester: alice,
  subject: alice,
  from: null,
  to: { state: 'pending', details: {}, dueAt: at },
});

const change = (over: Partial<Commit> = {}): Commit => ({
  tenant,
  at,
  decision: oblige({ rule: 'test.write', message: 'A test writes.', basis: null }),
  event: { type: 'test.happened', requestId: null, actor: alice },
  changes: [],
  ...over,
});

const TABLES = [
  'gate.request',
  'gate.vote',
  'gate.handle',
  'gate.outbox',
  'gate.input_seen',
  'gate.receipt',
  'ledger.ledger_inbox',
  'ledger.ledger_personal',
  'ledger.ledger_policy_input',
];
const Rows = z.array(z.object({ rows: z.int() }));

/** How many rows each table that a commit may write holds. */
const counts = () =>
  withClient(gate.database.urls.admin, async (admin) => {
    const found: Record<string, number> = {};
    for (const table of TABLES)
      found[table] =
        Rows.parse((await admin.query(`SELECT count(*)::int AS rows FROM ${table}`)).rows)[0]?.rows ?? 0;
    return found;
  });

const Payloads = z.array(z.object({ type: z.string() }));

/** The types of what the ledger was handed about a request, in order. */
const ledgered = (id: RequestId) =>
  withClient(gate.database.urls.admin, async (admin) => {
    const { rows } = await admin.query(
      `SELECT p->>'type' AS type FROM ledger.ledger_inbox, LATERAL (SELECT convert_from(payload, 'UTF8')::jsonb AS p) AS x
       WHERE p->>'request' = $1 ORDER BY id`,
      [id],
    );
    return Payloads.parse(rows).map((row) => row.type);
  });

async function ask(scope = 'read-orders'): Promise<{ id: RequestId; seal: string }> {
  const asked = await requestElevation(gate.context, {
    by: alice,
    input: `ask-${randomUUID()}`,
    asked: { system: 'orders-db', scope, durationMinutes: 15, reason: `${randomUUID()} orders are stuck` },
  });
  if (!asked.ok) throw new Error(asked.message);
  const request = await readElevation(gate.context, asked.value.id);
  return { id: request.id, seal: request.details.seal };
}

const Forged = z.custom<Decision<'oblige'>>(() => true);

it('rule 1: a decision that policy did not mint, or a copy of one it did, writes nothing', async () => {
  const { decision } = change();
  const copies = [
    structuredClone(decision),
    Forged.parse(JSON.parse(JSON.stringify(decision))),
    Forged.parse({ ...decision }),
    Forged.parse(Object.create(decision)),
    Forged.parse(new Proxy(decision, {})),
  ];
  const before = await counts();
  for (const copy of copies) {
    expect(isMinted(copy)).toBe(false);
    await expect(
      commit(gate.context.store, change({ decision: copy, changes: [opening(newRequestId())] })),
    ).rejects.toMatchObject({ code: 'decision_forged' });
  }
  expect(await counts()).toEqual(before);
});

it('rule 1: the database itself refuses a commit without an event, and every other way in', async () => {
  const { pool } = gate.context.store;
  const bare = { tenant, at: at.toISOString(), input: null, changes: [], effects: [] };
  for (const statement of [bare, { ...bare, events: [] }])
    await expect(pool.query('SELECT gate.commit($1)', [JSON.stringify(statement)])).rejects.toMatchObject({
      code: 'CS006',
    });
  await expect(pool.query("UPDATE gate.request SET state = 'active'")).rejects.toMatchObject({
    code: '42501',
  });
});

it('rule 1: state, votes, effects and entry stand together or not at all, wherever it breaks', async () => {
  const [id, other] = [newRequestId(), newRequestId()];
  await commit(
    gate.context.store,
    change({ changes: [opening(id)], take: [{ handle: 'h', holder: 'one', epoch: 1, exclusive: true }] }),
  );
  const whole = (over: Partial<Commit>) =>
    change({
      input: `breaks-${randomUUID()}`,
      changes: [opening(other)],
      event: {
        type: 'test.happened',
        requestId: id,
        actor: alice,
        personal: { note: { subject: alice, text: 'a private note' } },
      },
      ...over,
    });
  const vote = {
    id: newEventId(),
    requestId: other,
    principal: alice,
    verdict: 'approve' as const,
    seal: '',
    reason: null,
    proof: null,
  };
  const stale: RequestChange = { ...opening(id), from: { state: 'pending', version: 7 } };
  const receipt = { inboxId: 1n, packetId: newPacketId(), requestId: id, kind: 'grant', outcome: 'granted' };
  const before = await counts();

  const lost = whole({ changes: [opening(newRequestId()), stale] });
  expect(await commit(gate.context.store, lost)).toMatchObject({ ok: false, code: 'lost_race' });
  const held = whole({ votes: [vote], take: [{ handle: 'h', holder: 'two', epoch: 2, exclusive: true }] });
  expect(await commit(gate.context.store, held)).toMatchObject({ ok: false, code: 'handle_taken' });
  expect(await commit(gate.context.store, whole({ votes: [vote], receipt }))).toMatchObject({
    ok: false,
    code: 'receipt_known',
  });
  await expect(commit(gate.context.store, whole({ votes: [{ ...vote, id: 'no uuid' }] }))).rejects.toThrow();
  expect(await counts()).toEqual(before);

  await withClient(gate.database.urls.admin, async (admin) => {
    await admin.query("ALTER TABLE gate.outbox ADD CONSTRAINT full_disk CHECK (kind <> 'project') NOT VALID");
    await expect(commit(gate.context.store, whole({ votes: [vote] }))).rejects.toThrow('full_disk');
    await admin.query('ALTER TABLE gate.outbox DROP CONSTRAINT full_disk');
  });
  expect(await counts()).toEqual(before);
});

it('rule 3: the database takes no vote that moves no request', async () => {
  const vote = {
    id: newEventId(),
    requestId: newRequestId(),
    principal: person('bob'),
    verdict: 'approve' as const,
    seal: '',
    reason: null,
    proof: null,
  };
  await expect(commit(gate.context.store, change({ votes: [vote] }))).rejects.toMatchObject({
    code: 'CS006',
  });
});

it('rules 8 and 17: the login of the app settles no receipt and puts no rules in force', async () => {
  const written = {
    tenant,
    at: at.toISOString(),
    events: [{ eventId: randomUUID(), payload: '{}' }],
    receipt: null,
    apply: null,
  };
  const receipt = { inboxId: '1', packetId: newPacketId(), requestId: newRequestId() };
  const apply = { serial: 1, digest: 'd', organisation: {}, bundle: '' };
  await withClient(gate.database.urls.app, async (app) => {
    for (const more of [{ receipt }, { apply }])
      await expect(
        app.query('SELECT gate.commit($1)', [JSON.stringify({ ...written, ...more })]),
      ).rejects.toMatchObject({ code: 'CS008' });
  });
});

it('rule 17: no login puts a second set of rules in force', async () => {
  const apply = { serial: 2, digest: 'd', organisation: {}, bundle: new Uint8Array() };
  expect(await commit(gate.context.store, change({ apply }))).toMatchObject({
    ok: false,
    code: 'genesis_exists',
  });
});

it('one delivery is taken once, by fifty processes at the same moment too', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () =>
      commit(gate.context.store, change({ input: 'delivery-1', changes: [opening(newRequestId())] })),
    ),
  );
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  expect(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'input_seen')).toHaveLength(49);
});

it('rule 1: a refusal is ledgered and answers with the reason; said twice for one delivery it is one entry', async () => {
  const id = newRequestId();
  const no = {
    tenant,
    at,
    input: 'delivery-2',
    decision: refusal('test.no', 'Not like this.'),
    event: change().event,
  };
  const event = { ...no.event, type: 'test.refused', requestId: id };
  expect(await refuse(gate.context.store, { ...no, event })).toEqual({
    ok: false,
    code: 'test.no',
    message: 'Not like this.',
    reasons: [{ rule: 'test.no', message: 'Not like this.' }],
  });
  expect(await refuse(gate.context.store, { ...no, event })).toMatchObject({ code: 'input_seen' });
  expect(await ledgered(id)).toEqual(['test.refused']);
});

it('rule 3: fifty approvers press Approve at once: one approval, the others hear that it is decided', async () => {
  const { id, seal } = await ask();
  const outcomes = await Promise.all(
    Array.from({ length: CROWD }, (_, number) =>
      approve(gate.context, id, { by: approver(number), seal, input: `click-${id}-${number}` }),
    ),
  );
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  const others = outcomes.filter((outcome) => !outcome.ok).map((outcome) => outcome.code);
  expect(new Set(others)).toEqual(new Set(['already_resolved']));
  expect(await ledgered(id)).toEqual(['elevation.requested', 'elevation.approved']);
  expect(await readElevation(gate.context, id)).toMatchObject({
    state: 'approved',
    version: 2,
    votes: [{ verdict: 'approve' }],
  });
});

it('rule 3: two votes at the same instant both count where two are needed', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id, seal } = await ask('purge-orders');
    const outcomes = await Promise.all(
      ['bob', 'cat'].map((name) =>
        approve(gate.context, id, { by: person(name), seal, input: `both-${id}-${name}` }),
      ),
    );
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true]);
    expect(await ledgered(id)).toEqual(['elevation.requested', 'elevation.vote_cast', 'elevation.approved']);
    expect((await readElevation(gate.context, id)).votes).toHaveLength(2);
  }
});

it('rule 4: one vote a person, however often and fast they press', async () => {
  const { id, seal } = await ask('purge-orders');
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, press) =>
      approve(gate.context, id, { by: person('bob'), seal, input: `press-${id}-${press}` }),
    ),
  );
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  expect(await readElevation(gate.context, id)).toMatchObject({
    state: 'pending',
    votes: [{ principal: 'bob' }],
  });
});

it('rule 4: a denial beats an approval at the same instant, after it until the access begins, and after the first of two', async () => {
  const { id, seal } = await ask();
  const [, denied] = await Promise.all([
    approve(gate.context, id, { by: person('bob'), seal, input: `yes-${id}` }),
    deny(gate.context, id, { by: person('cat'), seal, input: `no-${id}`, reason: 'not now' }),
  ]);
  expect(denied.ok).toBe(true);
  expect(await readElevation(gate.context, id)).toMatchObject({ state: 'denied', dueAt: null });

  const two = await ask('purge-orders');
  await approve(gate.context, two.id, { by: person('bob'), seal: two.seal, input: `yes-${two.id}` });
  await deny(gate.context, two.id, {
    by: person('cat'),
    seal: two.seal,
    input: `no-${two.id}`,
    reason: 'not now',
  });
  expect(await readElevation(gate.context, two.id)).toMatchObject({ state: 'denied', dueAt: null });
});

it('rule 5: a vote on other terms than those sealed counts for nothing and is ledgered', async () => {
  const { id } = await ask();
  const other = await ask();
  const outcome = await approve(gate.context, id, {
    by: person('bob'),
    seal: other.seal,
    input: `other-${id}`,
  });
  expect(outcome).toMatchObject({ ok: false, code: 'elevation.seal_changed' });
  expect(await ledgered(id)).toEqual(['elevation.requested', 'elevation.vote_refused']);
});
