import { randomUUID } from 'node:crypto';
import { addMinutes } from 'date-fns/addMinutes';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { NEW_FORM } from '../../src/capabilities/elevation/ask-modal.js';
import { cancel } from '../../src/capabilities/elevation/cancel.js';
import { deny } from '../../src/capabilities/elevation/deny.js';
import { edit } from '../../src/capabilities/elevation/edit.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import type { AskInput } from '../../src/capabilities/elevation/schemas.js';
import { shorten } from '../../src/capabilities/elevation/shorten.js';
import { list } from '../../src/capabilities/elevation/stored.js';
import { submitAsk } from '../../src/capabilities/elevation/submit-ask.js';
import { openJira } from '../../src/connectors/jira/read.js';
import type { RequestId } from '../../src/core/tenant.js';
import type { Person } from '../../src/policy/index.js';
import { beginOutage, endOutage } from '../../src/store/index.js';
import { type JiraStandIn, startJira } from '../harness/jira.js';
import { withClient } from '../harness/postgres-admin.js';
import { type Gatekeeper, openGatekeeper, person, readElevation, tenant } from './gatekeeper.js';

const [alice, bob, cat, erin] = [person('alice'), person('bob'), person('cat'), person('erin')];
/** A contractor until the end of that day. */
const grace = person('grace');
const untilTheTwentieth = (one: Person): Person =>
  one.id === grace && one.kind === 'contractor'
    ? { ...one, statementOfWork: { ...one.statementOfWork, endsAt: '2026-12-20' } }
    : one;
let gate: Gatekeeper;
let jira: JiraStandIn;

beforeAll(async () => {
  jira = await startJira();
  const tickets = openJira({
    url: jira.url,
    user: undefined,
    token: jira.token,
    timeoutMilliseconds: 20_000,
  });
  gate = await openGatekeeper({ ticket: 'optional' }, { tickets }, (organisation) => ({
    ...organisation,
    people: organisation.people.map(untilTheTwentieth),
    systems: organisation.systems.map((system) =>
      system.id === 'orders-db' ? { ...system, category: 'customer-data' } : system,
    ),
  }));
});
afterAll(async () => {
  await jira.close();
  await gate.close();
});
/** What a test left open would count for the next. */
afterEach(async () => {
  for (const open of await list(gate.context, { states: ['pending', 'approved'], take: 50 }))
    await cancel(gate.context, open.id, { by: open.requester, input: randomUUID() });
});

const input = () => randomUUID();

const ask = (over: Partial<AskInput> = {}, by = alice) =>
  requestElevation(gate.context, {
    by,
    input: input(),
    asked: {
      system: 'orders-db',
      scope: 'read-orders',
      durationMinutes: 60,
      reason: `${randomUUID()} orders are stuck`,
      ...over,
    },
  });

async function asked(over: Partial<AskInput> = {}, by = alice) {
  const outcome = await ask(over, by);
  if (!outcome.ok) throw new Error(outcome.message);
  return readElevation(gate.context, outcome.value.id);
}

const now = (id: RequestId) => readElevation(gate.context, id);

const changed = (over: Partial<AskInput> = {}) => ({
  scope: 'read-orders',
  durationMinutes: 30,
  reason: 'INC-9 for less time',
  ...over,
});

const lapse = async (id: RequestId) => elevation.onDue(gate.context, await now(id));

it('rule 5: an edit seals anew and voids every vote; a vote on the old terms counts for nothing', async () => {
  const { id, details } = await asked({ scope: 'purge-orders', durationMinutes: 30 });
  await approve(gate.context, id, { by: bob, seal: details.seal, input: input() });
  expect((await now(id)).votes).toHaveLength(1);
  const edited = await edit(gate.context, id, {
    by: alice,
    input: input(),
    asked: changed({ scope: 'purge-orders', durationMinutes: 15 }),
  });
  expect(edited.ok).toBe(true);
  const after = await now(id);
  expect(after).toMatchObject({
    state: 'pending',
    votes: [],
    details: { durationMinutes: 15, edits: [{ voided: ['bob'] }] },
  });
  expect(after.details.seal).not.toBe(details.seal);
  expect(await approve(gate.context, id, { by: cat, seal: details.seal, input: input() })).toMatchObject({
    code: 'elevation.seal_changed',
  });
  await approve(gate.context, id, { by: bob, seal: after.details.seal, input: input() });
  await approve(gate.context, id, { by: cat, seal: after.details.seal, input: input() });
  expect(await now(id)).toMatchObject({ state: 'approved', votes: [{}, {}] });
});

it('rule 5: a change of the ticket alone is a change of what is approved', async () => {
  const before = await asked({ ticket: 'INC-1' });
  const { scope, durationMinutes, reason } = before.details;
  const terms = { scope, durationMinutes, reason };
  const edits = (ticket: string) =>
    edit(gate.context, before.id, { by: alice, input: input(), asked: { ...terms, ticket } });
  expect(await edits('INC-1')).toMatchObject({ ok: false, code: 'elevation.unchanged' });
  expect(await edits('INC-2')).toMatchObject({ ok: true });
  expect((await now(before.id)).details.seal).not.toBe(before.details.seal);
});

it('rule 3: an edit and an approval at the same instant: what runs is what was approved', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id, details } = await asked();
    const [, edited] = await Promise.all([
      approve(gate.context, id, { by: bob, seal: details.seal, input: input() }),
      edit(gate.context, id, { by: alice, input: input(), asked: changed() }),
    ]);
    const after = await now(id);
    if (edited.ok) expect(after).toMatchObject({ state: 'pending', votes: [] });
    else expect(edited).toMatchObject({ code: 'already_resolved' });
    if (after.state === 'approved') expect(after.details.seal).toBe(details.seal);
    await cancel(gate.context, id, { by: alice, input: input() });
  }
});

it('rule 3: a cancellation, an edit and a denial at the same instant close it once', async () => {
  const { id, details } = await asked();
  await Promise.all([
    cancel(gate.context, id, { by: alice, input: input() }),
    edit(gate.context, id, { by: alice, input: input(), asked: changed() }),
    deny(gate.context, id, { by: bob, seal: details.seal, input: input(), reason: 'not now' }),
  ]);
  const after = await now(id);
  expect(['cancelled', 'denied']).toContain(after.state);
  expect(after.dueAt).toBeNull();
  expect(await cancel(gate.context, id, { by: alice, input: input() })).toMatchObject({
    code: 'already_resolved',
  });
});

it('only who asked edits, and only who asked or would have it cancels', async () => {
  const { id } = await asked({ subject: erin });
  const asBob = { by: bob, input: input() };
  expect(await edit(gate.context, id, { ...asBob, asked: changed() })).toMatchObject({
    code: 'elevation.not_yours_to_edit',
  });
  expect(await cancel(gate.context, id, { by: bob, input: input() })).toMatchObject({
    code: 'elevation.not_yours_to_cancel',
  });
  expect(await cancel(gate.context, id, { by: erin, input: input() })).toMatchObject({ ok: true });
});

it('rule 4: for somebody else, neither who asked nor who gets it votes', async () => {
  const { id, details } = await asked({ subject: cat }, bob);
  expect(await now(id)).toMatchObject({ requester: 'bob', subject: 'cat' });
  const vote = (by: typeof bob) => approve(gate.context, id, { by, seal: details.seal, input: input() });
  expect(await vote(bob)).toMatchObject({ code: 'elevation.requester_votes' });
  expect(await vote(cat)).toMatchObject({ code: 'elevation.subject_votes' });
});

it('rule 12: a scheduled access begins at its start, and not because it was approved', async () => {
  const startAt = addMinutes(gate.clock.now(), 120).toISOString();
  const { id, details } = await asked({ startAt });
  await approve(gate.context, id, { by: bob, seal: details.seal, input: input() });
  expect(await now(id)).toMatchObject({ state: 'approved', dueAt: new Date(startAt) });
  await lapse(id);
  expect((await now(id)).state).toBe('approved');
  gate.clock.advance(120 * 60_000);
  await lapse(id);
  expect(await now(id)).toMatchObject({ state: 'executing', details: { startAt } });

  // Not even for having been waited for: what was approved is a start at that time.
  const late = await asked({ startAt: addMinutes(gate.clock.now(), 120).toISOString() });
  await approve(gate.context, late.id, { by: bob, seal: late.details.seal, input: input() });
  gate.clock.advance(120 * 60_000);
  await beginOutage(gate.context.store, tenant, gate.clock.now());
  gate.clock.advance(31 * 60_000);
  await endOutage(gate.context.store, tenant, gate.clock.now());
  await lapse(late.id);
  expect(await now(late.id)).toMatchObject({ state: 'denied', details: { grant: null } });
});

it('a start that passed is not approved: whoever asked gives it a later one', async () => {
  const start = addMinutes(gate.clock.now(), 60);
  const { id, details } = await asked({ startAt: start.toISOString() });
  const yes = (seal: string) => approve(gate.context, id, { by: bob, seal, input: input() });
  gate.clock.set(new Date(addMinutes(start, 15).getTime() + 1));
  expect(await yes(details.seal)).toMatchObject({ code: 'elevation.start_missed' });
  const startAt = addMinutes(start, 60).toISOString();
  await edit(gate.context, id, { by: alice, input: input(), asked: changed({ startAt }) });
  gate.clock.set(addMinutes(start, 75));
  expect(await yes((await now(id)).details.seal)).toMatchObject({ ok: true });
  expect(await now(id)).toMatchObject({ state: 'approved', dueAt: gate.clock.now() });
});

it('an approver can still deny what is approved and has not begun, and who asked can cancel it', async () => {
  const startAt = addMinutes(gate.clock.now(), 120).toISOString();
  const first = await asked({ startAt });
  await approve(gate.context, first.id, { by: bob, seal: first.details.seal, input: input() });
  const no = { by: cat, seal: first.details.seal, input: input(), reason: 'there is a freeze then' };
  expect(await deny(gate.context, first.id, no)).toMatchObject({ ok: true });
  expect(await now(first.id)).toMatchObject({ state: 'denied', dueAt: null });

  const second = await asked({ startAt });
  await approve(gate.context, second.id, { by: bob, seal: second.details.seal, input: input() });
  expect(await cancel(gate.context, second.id, { by: alice, input: input() })).toMatchObject({ ok: true });
  expect(await now(second.id)).toMatchObject({ state: 'cancelled', dueAt: null });
});

it('the very same asked twice is refused with its number until it was shown; other words are not', async () => {
  const first = await asked({ reason: 'INC-5 the very same' });
  const again = await ask({ reason: 'INC-5 the very same' });
  expect(again).toMatchObject({ ok: false, code: 'elevation.duplicate' });
  expect(again).toMatchObject({ message: expect.stringContaining(`#${first.number}`) });
  expect(await ask({ reason: 'INC-5 the very same', beside: [first.number] })).toMatchObject({ ok: true });
  expect(await ask({ reason: 'INC-6 something else' })).toMatchObject({ ok: true });
});

it('an edit into the words of another request is pointed out in its form, and saved by saving again', async () => {
  const first = await asked({ reason: 'INC-5 the very same' });
  const second = await asked({ reason: 'INC-5 in other words' });
  const save = (metadata: string) =>
    submitAsk(gate.context, {
      by: alice,
      input: input(),
      receivedAt: gate.clock.now(),
      values: { target: 'orders-db/read-orders', duration: '60', reason: 'INC-5 the very same' },
      metadata,
    });
  const shown = await save(JSON.stringify({ ...NEW_FORM, edits: second.id }));
  if (shown.show !== 'update') throw new Error(`shown: ${shown.show}`);
  expect(JSON.stringify(shown.view.blocks)).toContain(`#${first.number} asks for the same`);
  expect((await now(second.id)).details.reason).toBe('INC-5 in other words');
  expect(await save(shown.view.private_metadata ?? '')).toMatchObject({ show: 'nothing' });
  expect((await now(second.id)).details.reason).toBe('INC-5 the very same');
});

it('rule 3: of the very same asked 25 times at once one is opened, and of 15 others as many as may wait', async () => {
  const outcomes = async (asks: Promise<Awaited<ReturnType<typeof ask>>>[]) => {
    const codes = (await Promise.all(asks)).map((one) => (one.ok ? 'opened' : one.code));
    return codes.toSorted();
  };
  const times = Array.from({ length: 25 }, (_, at) => at);
  const same = await outcomes(times.map(() => ask({ reason: 'INC-77 the very same' })));
  expect(same).toEqual([...Array(24).fill('elevation.duplicate'), 'opened']);
  const others = await outcomes(times.slice(0, 15).map(() => ask()));
  expect(others).toEqual([...Array(6).fill('elevation.too_many_waiting'), ...Array(9).fill('opened')]);
});

it('rule 3: two ask for the very same for one person at once: one of them is told', async () => {
  const both = await Promise.all(
    [bob, erin].map((by) => ask({ reason: 'INC-78 for cat', subject: cat }, by)),
  );
  expect(both.filter((one) => one.ok)).toHaveLength(1);
});

it('a person has ten requests waiting at the most', async () => {
  for (let count = 0; count < 10; count += 1) await asked();
  expect(await ask()).toMatchObject({ ok: false, code: 'elevation.too_many_waiting' });
  expect(await ask({}, erin)).toMatchObject({ ok: true });
});

it('rule 15: a secret in any free field is refused, every reason at once, and stored nowhere', async () => {
  const secret = 'hunter2hunter2hunter2';
  const refused = await ask({
    reason: `with password="${secret}" please`,
    ticket: `token=${secret}`,
  });
  expect(refused).toMatchObject({
    reasons: [{ rule: 'elevation.reason_holds_secret' }, { rule: 'elevation.ticket_holds_secret' }],
  });
  const { id } = await asked();
  const edited = await edit(gate.context, id, {
    by: alice,
    input: input(),
    asked: changed({ ticket: `token=${secret}` }),
  });
  expect(edited).toMatchObject({ ok: false, code: 'elevation.ticket_holds_secret' });
  expect(await dump()).not.toContain(secret);
});

it('rule 15: where a ticket is verified only an open one will do, when asked and when it begins', async () => {
  const strict = await openGatekeeper({ ticket: 'verified' }, gate.context.sources);
  try {
    jira.issues = new Map([
      ['INC-1', 'new'],
      ['INC-3', 'done'],
    ]);
    const asks = (ticket: string | null) =>
      requestElevation(strict.context, {
        by: alice,
        input: input(),
        asked: { ...changed({ ticket }), system: 'orders-db' },
      });
    expect(await asks(null)).toMatchObject({ code: 'elevation.ticket_missing' });
    expect(await asks('INC-3')).toMatchObject({ code: 'elevation.ticket_not_open' });
    expect(await asks('INC-404')).toMatchObject({ code: 'elevation.ticket_not_open' });
    jira.fault = 503;
    expect(await asks('INC-1')).toMatchObject({ code: 'elevation.ticket_not_open' });
    jira.fault = null;
    const open = await asks('INC-1');
    if (!open.ok) throw new Error(open.message);
    const { id } = open.value;
    const { seal } = (await readElevation(strict.context, id)).details;
    await approve(strict.context, id, { by: bob, seal, input: input() });
    jira.issues.set('INC-1', 'done');
    await elevation.onDue(strict.context, await readElevation(strict.context, id));
    expect(await readElevation(strict.context, id)).toMatchObject({
      state: 'denied',
      details: { grant: null },
    });
  } finally {
    await strict.close();
  }
});

it('night is when it was asked for or edited last, and when it shall begin', async () => {
  gate.clock.set(new Date('2026-11-23T20:50:00Z'));
  const { id } = await asked();
  gate.clock.set(new Date('2026-11-23T22:30:00Z'));
  const write = { scope: 'write-orders', durationMinutes: 20 };
  const startAt = '2026-11-24T09:00:00.000Z';
  await edit(gate.context, id, { by: alice, input: input(), asked: changed({ ...write, startAt }) });
  const edited = await now(id);
  expect(edited.details).toMatchObject({ approvalsNeeded: 2, deciding: { raised: [expect.any(String)] } });
  // By day it still is what was asked for at night.
  gate.clock.set(new Date('2026-11-24T05:30:00Z'));
  for (const by of [bob, cat])
    await approve(gate.context, id, { by, seal: edited.details.seal, input: input() });
  gate.clock.set(new Date(startAt));
  await elevation.onDue(gate.context, { ...(await now(id)), votes: (await now(id)).votes.slice(0, 1) });
  expect(await now(id)).toMatchObject({ state: 'denied' });

  const noon = await asked({ ...write, startAt: '2026-11-24T12:00:00.000Z' });
  expect(noon.details).toMatchObject({ approvalsNeeded: 1, deciding: { raised: [] } });
  expect((await asked({ ...write, startAt: '2026-11-25T02:00:00.000Z' })).details.approvalsNeeded).toBe(2);
});

it('no access outlasts the statement of work of whoever it is for, in asking, approving or beginning', async () => {
  const tune = (durationMinutes: number) =>
    ask({ system: 'model-console', scope: 'tune-models', durationMinutes }, grace);
  gate.clock.set(new Date('2026-12-20T15:50:00Z'));
  const first = await tune(480);
  if (!first.ok) throw new Error(first.message);
  const { id } = first.value;
  const yes = async () =>
    approve(gate.context, id, { by: bob, seal: (await now(id)).details.seal, input: input() });
  gate.clock.set(new Date('2026-12-20T16:10:00Z'));
  expect(await yes()).toMatchObject({ code: 'elevation.outlasts_subject' });
  const refused = await tune(470);
  expect(refused).toMatchObject({ message: expect.stringContaining('At most 469 minutes') });
  const { seal } = (await now(id)).details;
  const cut = { by: bob, seal, input: input(), minutes: 469, approves: true };
  expect(await shorten(gate.context, id, cut)).toMatchObject({ ok: true });
  await lapse(id);
  expect(await now(id)).toMatchObject({
    state: 'executing',
    details: { grant: { endsAtLatest: '2026-12-20T23:59:59.999Z' } },
  });

  const second = await tune(468);
  if (!second.ok) throw new Error(second.message);
  const late = await now(second.value.id);
  await approve(gate.context, late.id, { by: bob, seal: late.details.seal, input: input() });
  gate.clock.advance(5 * 60_000);
  await lapse(late.id);
  expect(await now(late.id)).toMatchObject({
    state: 'denied',
    details: { grant: null, failure: expect.stringContaining('At most 464 minutes') },
  });
});

/** All a commit wrote about requests and for the ledger. */
const dump = () =>
  withClient(gate.database.urls.admin, async (admin) => {
    const { rows } = await admin.query(
      `SELECT details::text AS text FROM gate.request
       UNION ALL SELECT convert_from(payload, 'UTF8') FROM ledger.ledger_inbox
       UNION ALL SELECT row::text FROM ledger.ledger_policy_input AS row`,
    );
    return JSON.stringify(rows);
  });
