import { randomUUID } from 'node:crypto';
import { addMinutes } from 'date-fns/addMinutes';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { answer, askMore } from '../../src/capabilities/elevation/ask-more.js';
import { deny } from '../../src/capabilities/elevation/deny.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { pendingUntil } from '../../src/capabilities/elevation/nudges.js';
import { presentApprovers } from '../../src/capabilities/elevation/present-approvers.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import type { Elevation } from '../../src/capabilities/elevation/schemas.js';
import { shorten } from '../../src/capabilities/elevation/shorten.js';
import { withdrawVote } from '../../src/capabilities/elevation/withdraw-vote.js';
import { freeze } from '../../src/capabilities/freeze/freeze.js';
import { freezesInForce } from '../../src/capabilities/freeze/in-force.js';
import { lift } from '../../src/capabilities/freeze/lift.js';
import type { VerbContext } from '../../src/capabilities/index.js';
import { namesOf } from '../../src/capabilities/names.js';
import { holdersOf } from '../../src/capabilities/principal-facts.js';
import { CountersignError } from '../../src/core/errors.js';
import type { RequestId } from '../../src/core/tenant.js';
import { oblige } from '../../src/policy/index.js';
import { commit } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import {
  approver,
  CROWD,
  type Gatekeeper,
  KEEPERS,
  openGatekeeper,
  person,
  readElevation,
  tenant,
} from './gatekeeper.js';

let gate: Gatekeeper;
/** What Slack says of whom; of others that they are active. */
const standings = new Map<string, 'deactivated' | 'guest'>();
let context: VerbContext;
const asked: RequestId[] = [];

beforeAll(async () => {
  gate = await openGatekeeper();
  context = {
    ...gate.context,
    directory: { standing: async (who) => standings.get(who) ?? 'active' },
    sources: { onCall: async () => ['cat@hookpilot.example', 'erin@hookpilot.example'] },
  };
});
afterEach(async () => {
  standings.clear();
  // What is approved counts as held, and would conflict with what the next test asks for.
  for (const id of asked.splice(0)) {
    const { details } = await now(id);
    await deny(context, id, { ...ballot('cat', details.seal), reason: 'tidy up' });
  }
  // Each test asks in an hour of its own.
  gate.clock.advance(61 * 60_000);
});
afterAll(() => gate.close());

async function ask(scope = 'purge-orders', by = 'alice', startAt: string | null = null): Promise<Elevation> {
  const outcome = await requestElevation(context, {
    by: person(by),
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope,
      durationMinutes: 20,
      startAt,
      reason: `INC-1 ${randomUUID()} orders are stuck`,
    },
  });
  if (!outcome.ok) throw new Error(outcome.message);
  asked.push(outcome.value.id);
  return readElevation(context, outcome.value.id);
}

const now = (id: RequestId) => readElevation(context, id);
const ballot = (by: string, seal: string) => ({ by: person(by), seal, input: randomUUID() });
const wake = async (id: RequestId) => elevation.onDue(context, await now(id));

it('destructive takes two people: one yes is not enough, and two at the same instant are', async () => {
  const { id, details } = await ask();
  expect(details.approvalsNeeded).toBe(2);
  const both = await Promise.all(['bob', 'cat'].map((by) => approve(context, id, ballot(by, details.seal))));
  expect(both.map((one) => one.ok)).toEqual([true, true]);
  expect(await now(id)).toMatchObject({ state: 'approved', version: 3 });
});

it('a vote, a withdrawal and a shortening at the same instant leave one story, and no vote on terms that are gone', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { id, details } = await ask();
    await approve(context, id, ballot('bob', details.seal));
    await Promise.all([
      approve(context, id, ballot('cat', details.seal)),
      withdrawVote(context, id, { by: person('bob'), input: randomUUID() }),
      shorten(context, id, { ...ballot('cat', details.seal), minutes: 10, approves: false }),
    ]);
    const after = await now(id);
    const standing = after.votes.filter((vote) => vote.seal === after.details.seal);
    expect(standing).toHaveLength(after.votes.length);
    expect(after.state === 'approved').toBe(standing.length >= 2);
    await deny(context, id, { ...ballot('cat', after.details.seal), reason: 'enough' });
  }
});

it('rule 5: shortened terms are sealed anew, void what was said before, and count as the yes of whoever shortened', async () => {
  const { id, details } = await ask();
  await approve(context, id, ballot('bob', details.seal));
  const shorter = await shorten(context, id, { ...ballot('cat', details.seal), minutes: 5, approves: true });
  expect(shorter.ok).toBe(true);
  const after = await now(id);
  expect(after).toMatchObject({
    state: 'pending',
    details: { durationMinutes: 5 },
    votes: [{ principal: 'cat' }],
  });
  expect(after.details.seal).not.toBe(details.seal);
  expect(await approve(context, id, ballot('bob', details.seal))).toMatchObject({
    code: 'elevation.seal_changed',
  });
  await approve(context, id, ballot('bob', after.details.seal));
  expect(await now(id)).toMatchObject({ state: 'approved' });
});

it('nobody makes it longer, and the requester does not make it at all', async () => {
  const { id, details } = await ask('read-orders');
  for (const minutes of [20, 21, 0, 1.5, Number.NaN])
    expect(
      await shorten(context, id, { ...ballot('bob', details.seal), minutes, approves: true }),
    ).toMatchObject({ code: 'elevation.not_shorter' });
  expect(
    await shorten(context, id, { ...ballot('alice', details.seal), minutes: 5, approves: false }),
  ).toMatchObject({
    ok: false,
    code: expect.stringMatching(/requester_votes|subject_votes|not_an_approver/),
  });
  expect(await now(id)).toMatchObject({ version: 1 });
});

it('a vote taken back is void, the request waits again, and the same person may vote again', async () => {
  const { id, details } = await ask('read-orders');
  await approve(context, id, ballot('bob', details.seal));
  expect((await now(id)).state).toBe('approved');
  await withdrawVote(context, id, { by: person('bob'), input: randomUUID() });
  expect(await now(id)).toMatchObject({ state: 'pending', votes: [], details: { decided: null } });
  expect(await withdrawVote(context, id, { by: person('cat'), input: randomUUID() })).toMatchObject({
    code: 'elevation.no_vote',
  });
  await approve(context, id, ballot('bob', details.seal));
  expect((await now(id)).state).toBe('approved');
  await withClient(gate.database.urls.admin, async (admin) => {
    const { rows } = await admin.query(
      'SELECT count(*)::int AS all, count(voided_at)::int AS void FROM gate.vote WHERE request_id = $1',
      [id],
    );
    expect(rows).toEqual([{ all: 2, void: 1 }]);
  });
});

it('a vote taken back days after it was given leaves as long to decide as a new request has', async () => {
  const startAt = addMinutes(gate.clock.now(), 3 * 24 * 60).toISOString();
  const { id, details } = await ask('read-orders', 'alice', startAt);
  await approve(context, id, ballot('bob', details.seal));
  gate.clock.advance(24 * 3_600_000);
  await withdrawVote(context, id, { by: person('bob'), input: randomUUID() });
  await wake(id);
  expect(await now(id)).toMatchObject({
    state: 'pending',
    details: { pendingUntil: pendingUntil(context, { system: 'orders-db', now: gate.clock.now() }) },
  });
});

it('after the release, a vote taken back ends the grant', async () => {
  const { id, details } = await ask('read-orders');
  await approve(context, id, ballot('bob', details.seal));
  await wake(id);
  expect((await now(id)).state).toBe('executing');
  await withdrawVote(context, id, { by: person('bob'), input: randomUUID() });
  expect(await now(id)).toMatchObject({
    state: 'ending',
    details: { end: { reason: 'revoked', by: 'bob' } },
  });
});

it('a no stops what is approved and not begun, by whoever approved it too', async () => {
  const { id, details } = await ask('read-orders');
  await approve(context, id, ballot('bob', details.seal));
  await deny(context, id, { ...ballot('bob', details.seal), reason: 'I looked again' });
  expect(await now(id)).toMatchObject({ state: 'denied', votes: [{ principal: 'bob', verdict: 'deny' }] });
});

it('stages decide in turn, and a packet carries the votes of all', async () => {
  const { id, details } = await ask('export-orders', 'erin');
  expect(details.deciding.stages).toMatchObject([
    { needed: 1 },
    { needed: 1, approvers: expect.arrayContaining(['dan']) },
  ]);
  expect(await approve(context, id, ballot('dan', details.seal))).toMatchObject({
    code: 'elevation.not_your_turn',
  });
  await approve(context, id, ballot('bob', details.seal));
  expect(await approve(context, id, ballot('cat', details.seal))).toMatchObject({
    code: 'elevation.not_your_turn',
  });
  await approve(context, id, ballot('dan', details.seal));
  await wake(id);
  expect(await now(id)).toMatchObject({ state: 'executing' });
});

it('a Home has what waits for its person in their turn, what they were asked, and what they asked for others', async () => {
  const names = namesOf(context.policy.organisation);
  const homeOf = async (who: string) =>
    JSON.stringify((await elevation.home?.(context, person(who), names)) ?? []);
  const { id, number, details } = await ask('export-orders', 'erin');
  expect(await homeOf('bob')).toContain(`*#${number}*`);
  expect(await homeOf('bob')).toContain('elevation.show_terms');
  expect(await homeOf('dan')).not.toContain(`*#${number}*`);
  for (const text of [`*#${number}*`, 'elevation.edit', 'elevation.cancel', 'elevation.show_story'])
    expect(await homeOf('erin')).toContain(text);

  await askMore(context, id, { ...ballot('bob', details.seal), text: 'Which customers?' });
  expect(await homeOf('erin')).toMatch(/Which customers\?.*elevation\.answer/u);
  await answer(context, id, { by: person('erin'), input: randomUUID(), question: 0, text: 'Those of May' });
  expect(await homeOf('erin')).not.toContain('elevation.answer');

  await approve(context, id, ballot('bob', details.seal));
  expect(await homeOf('bob')).not.toContain(`*#${number}*`);
  expect(await homeOf('dan')).toContain(`*#${number}*`);

  const other = await requestElevation(context, {
    by: person('alice'),
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope: 'read-orders',
      durationMinutes: 5,
      reason: 'INC-1 erin has no laptop',
      subject: person('erin'),
    },
  });
  if (!other.ok) throw new Error(other.message);
  asked.push(other.value.id);
  for (const who of ['alice', 'erin']) expect(await homeOf(who)).toContain(`*#${other.value.number}*`);
});

it('Teleport #46908: who is on call is asked first and gains nothing by it', async () => {
  const { id, details } = await ask('read-orders');
  expect(details.approvers[0]).toBe('cat');
  expect(details.approvers).not.toContain('erin');
  expect(await approve(context, id, ballot('erin', details.seal))).toMatchObject({
    code: 'elevation.not_an_approver',
  });
});

it('an on-call source that is away orders nobody and holds nothing up', async () => {
  const silent = { ...context, sources: { onCall: async () => null } };
  const outcome = await requestElevation(silent, {
    by: person('alice'),
    input: randomUUID(),
    asked: { system: 'orders-db', scope: 'read-orders', durationMinutes: 5, reason: 'INC-1 pager is down' },
  });
  expect(outcome.ok).toBe(true);
});

it('reminders come after 15 minutes and double, climb to the owner team and security, and stop', async () => {
  const monday = new Date('2026-12-07T09:00:00Z');
  gate.clock.advance(monday.getTime() - gate.clock.now().getTime());
  const { id, dueAt } = await ask('read-orders');
  expect(dueAt).toEqual(addMinutes(monday, 15));
  const gaps: number[] = [];
  for (let step = 0; step < 5; step += 1) {
    const before = gate.clock.now();
    const due = (await now(id)).dueAt ?? before;
    gate.clock.advance(due.getTime() - before.getTime());
    gaps.push((due.getTime() - before.getTime()) / 60_000);
    await wake(id);
  }
  expect(gaps).toEqual([15, 30, 60, 120, 240]);
  const { details, dueAt: last } = await now(id);
  expect(details.deciding.nudges[0]?.people).toContain('bob');
  expect(details.deciding.nudges[4]?.people).toContain('dan');
  expect(details.deciding.nudges.flatMap((one) => one.people)).not.toContain('alice');
  expect(last).toEqual(new Date(details.pendingUntil));
});

it.each([
  ['in the afternoon', '2026-12-08T15:00:00Z', '2026-12-09T13:00:00.000Z'],
  ['on Friday, ten minutes before the weekend', '2026-12-11T16:50:00Z', '2026-12-14T14:50:00.000Z'],
])(
  'asked %s the whole ladder is climbed in working hours, and the wait ends after it',
  async (_when, at, until) => {
    gate.clock.advance(Date.parse(at) - gate.clock.now().getTime());
    const { id, details } = await ask('read-orders');
    expect(details.pendingUntil).toBe(until);
    for (let step = 0; step < 5; step += 1) {
      const due = (await now(id)).dueAt ?? gate.clock.now();
      expect(due.getUTCHours()).toBeGreaterThanOrEqual(7);
      expect(due.getUTCHours()).toBeLessThan(17);
      gate.clock.advance(due.getTime() - gate.clock.now().getTime());
      await wake(id);
    }
    expect((await now(id)).details.deciding.nudges[4]?.people).toContain('dan');
    gate.clock.advance(Date.parse(until) - gate.clock.now().getTime());
    await wake(id);
    expect(await now(id)).toMatchObject({ state: 'timed_out', details: { deciding: { nudgeStep: 5 } } });
  },
);

it('fivexl #138: approvers who leave are dropped from those asked, and too few left is told', async () => {
  const monday = new Date('2026-12-14T09:00:00Z');
  gate.clock.advance(monday.getTime() - gate.clock.now().getTime());
  const { id } = await ask('export-orders');
  for (const one of holdersOf(context, ['security'])) standings.set(one, 'deactivated');
  gate.clock.advance(15 * 60_000);
  await wake(id);
  const { details } = await now(id);
  expect(details.deciding).toMatchObject({ tooFew: true, stages: [{}, { approvers: [] }] });
  expect(details.approvers).not.toContain('dan');
});

it('a reminder asks policy once, and Slack about nobody whom it does not name; Slack not answering about one hides no other', async () => {
  const { id } = await ask('read-orders');
  const [asks, decisions]: [string[], string[]] = [[], []];
  const { policy } = context;
  const slow = {
    ...context,
    policy: {
      ...policy,
      decide: (...of: Parameters<typeof policy.decide>) => {
        decisions.push(of[0]);
        return policy.decide(...of);
      },
    },
    directory: {
      standing: async (who: string) => {
        asks.push(who);
        if (who === approver(0))
          throw new CountersignError('directory_unreachable', 'Slack asks for patience.');
        return who === 'cat' ? 'deactivated' : 'active';
      },
    },
  } satisfies VerbContext;
  const before = await now(id);
  const { stages } = await presentApprovers(slow, before, gate.clock.now());
  expect(before.details.approvers.length).toBeGreaterThan(CROWD);
  expect(decisions).toEqual(['elevation/decision']);
  expect(asks).toHaveLength(20);
  expect(asks).toEqual(expect.arrayContaining([approver(0), 'cat']));
  expect(stages[0]?.approvers).toContain(approver(0));
  expect(stages[0]?.approvers).not.toContain('cat');
});

it('whoever could not be asked and may decide by now counts: a valid yes is never lost', async () => {
  await freeze(context, { by: person('dan'), input: randomUUID(), person: person('bob'), reason: '' });
  const { id, details } = await ask('read-orders');
  expect(details.approvers).not.toContain('bob');
  const [frozen] = await freezesInForce(context);
  for (const by of KEEPERS) await lift(context, frozen?.id ?? id, ballot(by, frozen?.details.seal ?? ''));
  await approve(context, id, ballot('bob', details.seal));
  expect(await now(id)).toMatchObject({ state: 'approved', votes: [{ principal: 'bob' }] });
});

it('a yes that turns out not to count keeps nobody from giving the one that is missing', async () => {
  const monday = new Date('2026-12-21T09:00:00Z');
  gate.clock.advance(monday.getTime() - gate.clock.now().getTime());
  const { id, details } = await ask();
  await approve(context, id, ballot(approver(0), details.seal));
  standings.set(approver(0), 'deactivated');
  gate.clock.advance(15 * 60_000);
  await wake(id);
  await approve(context, id, ballot('cat', details.seal));
  expect((await now(id)).state).toBe('pending');
  expect(await approve(context, id, ballot(approver(1), details.seal))).toMatchObject({ ok: true });
  expect((await now(id)).state).toBe('approved');
});

it('rule 4: a vote of somebody who has since left does not count when it matters', async () => {
  const { id, details } = await ask('read-orders');
  await approve(context, id, ballot('bob', details.seal));
  standings.set('bob', 'deactivated');
  await wake(id);
  const withdrawn = await now(id);
  expect(withdrawn.state).toBe('denied');
  const told = elevation.surfaces(withdrawn, namesOf(context.policy.organisation));
  expect(told.find(({ name }) => name === 'thread:handled')?.text).toMatch(/^Closed by Countersign · /u);
});

it('services and guests, Slack Connect strangers among them, never vote: not when they press, not when it is counted', async () => {
  const { id, details } = await ask('read-orders');
  standings.set('bob', 'guest');
  for (const by of ['bob', 'svc-deploy'])
    expect(await approve(context, id, ballot(by, details.seal))).toMatchObject({
      code: 'elevation.not_human_votes',
    });
  standings.clear();
  await approve(context, id, ballot('bob', details.seal));
  standings.set('bob', 'guest');
  await wake(id);
  expect((await now(id)).state).toBe('denied');
});

it('a question pauses nothing, is answered once by whom it concerns, and holds no secret', async () => {
  const { id, details } = await ask('read-orders');
  const asks = (text: string) => askMore(context, id, { ...ballot('bob', details.seal), text });
  expect(await asks('Is password: "hunter2" right?')).toMatchObject({ code: 'text_holds_secret' });
  expect((await asks('Which orders? <!channel>')).ok).toBe(true);
  const reply = (by: string, text: string) =>
    answer(context, id, { by: person(by), input: randomUUID(), question: 0, text });
  expect(await reply('cat', 'All of them')).toMatchObject({ code: 'elevation.not_yours_to_answer' });
  expect((await reply('alice', 'Those since 09:40')).ok).toBe(true);
  expect(await reply('alice', 'Or others')).toMatchObject({ code: 'elevation.answered_already' });
  await approve(context, id, ballot('cat', details.seal));
  expect((await now(id)).state).toBe('approved');
});

it('what conflicts with what somebody has is refused when asked, and when it is to begin', async () => {
  const [purge, second] = [await ask('purge-orders'), await ask('export-orders')];
  await approve(context, purge.id, ballot('bob', purge.details.seal));
  await approve(context, purge.id, ballot('cat', purge.details.seal));
  await expect(ask('export-orders')).rejects.toThrow('does not go with Delete orders on Orders database');
  await approve(context, second.id, ballot('bob', second.details.seal));
  await approve(context, second.id, ballot('dan', second.details.seal));
  await wake(second.id);
  expect(await now(second.id)).toMatchObject({ state: 'denied' });
});

it('rule 4: the database itself refuses an approval without its votes, and lets the app carry nothing out', async () => {
  const { id, details, requester, subject, version } = await ask();
  const move = (state: string, from = { state: 'pending', version }) => ({
    tenant,
    at: gate.clock.now(),
    decision: oblige({ rule: 'test.write', message: 'A test writes.', basis: null }),
    event: { type: 'test.happened', requestId: id, actor: requester },
    changes: [{ id, capability: 'elevation', requester, subject, from, to: { state, details, dueAt: null } }],
  });
  for (const state of ['approved', 'executing'])
    await expect(commit(context.store, move(state))).rejects.toMatchObject({ code: 'CS009' });
  await approve(context, id, ballot('bob', details.seal));
  await expect(
    commit(context.store, move('approved', { state: 'pending', version: version + 1 })),
  ).rejects.toMatchObject({ code: 'CS009' });

  const written = {
    tenant,
    at: gate.clock.now().toISOString(),
    input: null,
    events: [{ eventId: randomUUID(), payload: '{}' }],
    receipt: null,
    apply: null,
    changes: [{ id, from: { state: 'approved', version: 3 }, state: 'active', details }],
  };
  await withClient(gate.database.urls.app, (app) =>
    expect(app.query('SELECT gate.commit($1)', [JSON.stringify(written)])).rejects.toMatchObject({
      code: 'CS008',
    }),
  );
});
