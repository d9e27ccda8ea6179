import { randomUUID } from 'node:crypto';
import { addMinutes } from 'date-fns/addMinutes';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { approve as approveToken } from '../../src/capabilities/auditor-token/approve.js';
import { auditorToken } from '../../src/capabilities/auditor-token/index.js';
import { requestToken } from '../../src/capabilities/auditor-token/request.js';
import { requestAgain } from '../../src/capabilities/elevation/again.js';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { cancel } from '../../src/capabilities/elevation/cancel.js';
import { deny } from '../../src/capabilities/elevation/deny.js';
import { end } from '../../src/capabilities/elevation/end.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { nextLook } from '../../src/capabilities/elevation/live.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import type { Elevation } from '../../src/capabilities/elevation/schemas.js';
import { transition } from '../../src/capabilities/elevation/stored.js';
import { story } from '../../src/capabilities/elevation/story.js';
import { surfaces } from '../../src/capabilities/elevation/views.js';
import type { VerbContext } from '../../src/capabilities/index.js';
import { namesOf } from '../../src/capabilities/names.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import { oblige } from '../../src/policy/index.js';
import { beginOutage, endOutage, outageWithin, readRequest } from '../../src/store/index.js';
import { type Gatekeeper, openGatekeeper, person, readElevation, tenant } from './gatekeeper.js';

let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
});
afterAll(() => gate.close());

const [alice, bob, dan] = [person('alice'), person('bob'), person('dan')];
const MINUTE = 60_000;

async function asks(durationMinutes = 60, ticket: string | null = null): Promise<RequestId> {
  const asked = await requestElevation(gate.context, {
    by: alice,
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope: 'read-orders',
      durationMinutes,
      ticket,
      reason: `INC-${randomUUID()} burns`,
    },
  });
  if (!asked.ok) throw new Error(asked.message);
  return asked.value.id;
}

const read = (id: RequestId) => readElevation(gate.context, id);

const due = (id: RequestId): Promise<Elevation> => elevationDue(gate.context, id);

async function elevationDue(context: VerbContext, id: RequestId): Promise<Elevation> {
  await elevation.onDue(context, await read(id));
  return read(id);
}

async function approves(by: PrincipalId, id: RequestId) {
  const { details } = await read(id);
  return approve(gate.context, id, { by, input: randomUUID(), seal: details.seal });
}

/** Approved, released, and granted as the doer's receipt would have it. */
async function granted(durationMinutes: number, ticket: string | null = null): Promise<RequestId> {
  const id = await asks(durationMinutes, ticket);
  await approves(bob, id);
  const released = await due(id);
  if (released.details.grant === null) throw new Error('not released');
  const now = gate.clock.now();
  const details = {
    ...released.details,
    grant: {
      ...released.details.grant,
      account: 'cs_g_living',
      grantedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + durationMinutes * MINUTE).toISOString(),
    },
  };
  await transition(gate.context, released, {
    on: 'grant',
    details,
    dueAt: nextLook(details, now, gate.context.sources),
    at: now,
    decision: oblige({ rule: 'test.granted', message: 'As a receipt has it.', basis: null }),
    event: { type: 'elevation.granted', actor: { process: 'doer' } },
  });
  return id;
}

it('warns once before the end, and the end comes when it was granted to come', async () => {
  const id = await granted(60);
  const expiresAt = (await read(id)).details.grant?.expiresAt;
  gate.clock.advance(48 * MINUTE);
  expect(await due(id)).toMatchObject({ state: 'active', details: { warnedAt: expect.any(String) } });
  expect((await read(id)).dueAt?.toISOString()).toBe(expiresAt);
  gate.clock.advance(12 * MINUTE);
  expect(await due(id)).toMatchObject({ state: 'ending', details: { end: { reason: 'expired' } } });
});

it('rule 2: a worker that was away when the warning was due ends on time all the same', async () => {
  const id = await granted(60);
  gate.clock.advance(61 * MINUTE);
  expect(await due(id)).toMatchObject({ state: 'ending', details: { warnedAt: null } });
});

it('ends with its ticket; a tracker that is away or says nothing ends nothing early and delays no end', async () => {
  const id = await granted(60, 'OPS-7');
  const told = (of: RequestId, status: () => Promise<'open' | 'closed' | 'unknown'>) =>
    elevationDue({ ...gate.context, sources: { tickets: { status } } }, of);
  const away = () => Promise.reject(new Error('no route to the tracker'));
  for (const status of [async () => 'open' as const, async () => 'unknown' as const, away]) {
    gate.clock.advance(10 * MINUTE);
    expect((await told(id, status)).state).toBe('active');
  }
  gate.clock.advance(10 * MINUTE);
  expect(await told(id, async () => 'closed')).toMatchObject({
    state: 'ending',
    details: { end: { reason: 'ticket_closed', by: null } },
  });

  const other = await granted(30, 'OPS-8');
  gate.clock.advance(30 * MINUTE);
  expect(await told(other, () => new Promise(() => {}))).toMatchObject({
    state: 'ending',
    details: { end: { reason: 'expired' } },
  });
});

it('Request Again asks once, linked, through people again, and only for those it concerns', async () => {
  const id = await granted(30);
  const old = await read(id);
  const again = (by: PrincipalId) => requestAgain(gate.context, id, { by, input: randomUUID() });
  expect(await again(bob)).toMatchObject({ ok: false, code: 'elevation.not_yours_to_renew' });
  const pressed = await Promise.all([again(alice), again(alice), again(alice)]);
  const [asked] = pressed.filter((one) => one.ok);
  if (asked === undefined) throw new Error('asked by none of the three');
  expect(pressed.filter((one) => !one.ok).map((one) => one.code)).toEqual(Array(2).fill('already_asked'));
  const anew = await read(asked.value.id);
  expect(anew).toMatchObject({ state: 'pending', votes: [] });
  expect(anew.details).toMatchObject({
    renews: { id, number: old.number },
    scope: old.details.scope,
    durationMinutes: 30,
    reason: old.details.reason,
  });
  expect(anew.details.seal).not.toBe(old.details.seal);
  expect(await again(alice)).toMatchObject({ ok: false, code: 'already_asked' });
  expect((await read(id)).details.grant).toEqual(old.details.grant);
});

it('rule 2: a reason that holds a secret delays no end, and is not kept', async () => {
  const id = await granted(30);
  const ask = { by: dan, input: randomUUID(), why: 'his token=abcdefghij0123456789 leaked' };
  expect(await end(gate.context, id, ask)).toMatchObject({ ok: true });
  expect((await read(id)).details.end?.why).toMatch(/^Left out/);
});

it("what the executor has not granted yet is ended by its people, an approver's no and the buttons on its card", async () => {
  const released = async () => {
    const id = await asks();
    await approves(bob, id);
    return due(id);
  };
  const [own, refused] = [await released(), await released()];
  expect(await cancel(gate.context, own.id, { by: alice, input: randomUUID() })).toMatchObject({ ok: true });
  expect(await read(own.id)).toMatchObject({
    state: 'ending',
    details: { end: { reason: 'ended_early', by: 'alice' } },
  });
  const [card] = surfaces(refused, namesOf(gate.context.policy.organisation));
  expect(JSON.stringify(card?.blocks)).toMatch(/End Now.*Revoke/);
  expect(JSON.stringify(card?.blocks)).not.toContain('Show Credential');
  const no = { input: randomUUID(), seal: refused.details.seal, reason: 'wrong table' };
  expect(await deny(gate.context, refused.id, { ...no, by: person('cat') })).toMatchObject({ ok: true });
  expect(await read(refused.id)).toMatchObject({
    state: 'ending',
    details: { end: { reason: 'revoked', by: 'cat', why: 'wrong table' } },
  });
});

it('a stranger who tries the numbers of requests hears no state, and each try is refused by policy', async () => {
  const { id, details } = await read(await granted(30));
  const grace = person('grace');
  const ask = () => ({ by: grace, input: randomUUID(), seal: details.seal, reason: 'let me see' });
  const codes = async () => [
    await cancel(gate.context, id, ask()),
    await end(gate.context, id, ask()),
    await approve(gate.context, id, ask()),
    await deny(gate.context, id, ask()),
  ];
  const strange = ['not_yours_to_cancel', 'not_yours_to_end', 'not_an_approver', 'not_an_approver'];
  const expected = strange.map((code) => ({ ok: false, code: `elevation.${code}` }));
  expect(await codes()).toMatchObject(expected);
  await end(gate.context, id, { by: alice, input: randomUUID() });
  expect(await codes()).toMatchObject(expected);
  const late = { by: bob, input: randomUUID(), seal: details.seal, reason: 'too late' };
  expect(await deny(gate.context, id, late)).toMatchObject({ code: 'already_resolved' });
});

it('an approver and security revoke with a reason its holder reads, and nobody else does', async () => {
  const id = await granted(30);
  const revoke = (by: PrincipalId, why: string) => end(gate.context, id, { by, input: randomUUID(), why });
  expect(await revoke(person('erin'), 'because')).toMatchObject({
    ok: false,
    code: 'elevation.not_yours_to_end',
  });
  expect(await revoke(dan, 'wrong table')).toMatchObject({ ok: true });
  expect((await read(id)).details.end).toMatchObject({ reason: 'revoked', by: 'dan', why: 'wrong table' });
});

it('the story of a request is for its people, its approvers, security and auditors', async () => {
  const id = await asks();
  const told = (by: string) => story(gate.context, id, { by: person(by), input: randomUUID() });
  for (const by of ['alice', 'bob', 'dan', 'erin']) expect(await told(by)).toMatchObject({ ok: true });
  expect(await told('grace')).toMatchObject({ ok: false, code: 'elevation.not_yours_to_follow' });
  expect(await told('frank')).toMatchObject({ ok: false, code: 'elevation.inactive_actor' });
});

it('what nobody could see while Slack was away does not run out: the clock stands still meanwhile', async () => {
  const { store } = gate.context;
  const id = await asks();
  const until = (await read(id)).details.pendingUntil;
  const token = await requestToken(gate.context, {
    by: person('erin'),
    input: randomUUID(),
    asked: { days: 3, purpose: 'quarterly review' },
  });
  if (!token.ok) throw new Error(token.message);
  gate.clock.advance(60 * MINUTE);
  await beginOutage(store, tenant, gate.clock.now());
  await beginOutage(store, tenant, gate.clock.now());
  gate.clock.advance(6 * 24 * 60 * MINUTE);
  expect((await due(id)).state).toBe('pending');
  await endOutage(store, tenant, gate.clock.now());
  const waiting = await read(id);
  expect(waiting.details.pendingUntil).toBe(addMinutes(new Date(until), 6 * 24 * 60).toISOString());
  const stored = await readRequest(store, tenant, token.value.id);
  if (stored !== null) await auditorToken.onDue(gate.context, stored);
  expect((await readRequest(store, tenant, token.value.id))?.state).toBe('pending');

  await approves(bob, id);
  expect((await read(id)).state).toBe('approved');
  gate.clock.advance(7 * 60 * MINUTE);
  const again = await readRequest(store, tenant, token.value.id);
  if (again !== null) await auditorToken.onDue(gate.context, again);
  expect((await readRequest(store, tenant, token.value.id))?.state).toBe('timed_out');
});

it('an approval that nobody could carry out while Slack was away is not given up for that', async () => {
  const { store } = gate.context;
  const id = await asks();
  await approves(bob, id);
  await beginOutage(store, tenant, gate.clock.now());
  gate.clock.advance(50 * MINUTE);
  await endOutage(store, tenant, gate.clock.now());
  gate.clock.advance(10 * MINUTE);
  expect((await due(id)).state).toBe('executing');
});

it('an approved token that nobody could fetch while Slack was away does not lapse for that', async () => {
  const { store } = gate.context;
  const asked = await requestToken(gate.context, {
    by: person('erin'),
    input: randomUUID(),
    asked: { days: 3, purpose: 'yearly review' },
  });
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.value;
  const due = async () => {
    const stored = await readRequest(store, tenant, id);
    if (stored !== null) await auditorToken.onDue(gate.context, stored);
    return readRequest(store, tenant, id);
  };
  const waiting = await readRequest(store, tenant, id);
  const { seal } = z.object({ seal: z.string() }).parse(waiting?.details);
  expect(await approveToken(gate.context, id, { by: dan, input: randomUUID(), seal })).toMatchObject({
    ok: true,
  });
  const approvedAt = gate.clock.now();
  await beginOutage(store, tenant, approvedAt);
  gate.clock.advance(6 * 60 * MINUTE);
  await endOutage(store, tenant, gate.clock.now());
  gate.clock.advance(18 * 60 * MINUTE);
  const until = new Date(approvedAt.getTime() + 30 * 60 * MINUTE);
  expect(await due()).toMatchObject({
    state: 'approved',
    dueAt: until,
    details: { fetchUntil: until.toISOString() },
  });
  gate.clock.advance(6 * 60 * MINUTE);
  expect((await due())?.state).toBe('lapsed');
});

it('outages are summed up within a time, and one that goes on counts up to now', async () => {
  const { store } = gate.context;
  const from = gate.clock.now();
  const at = (minutes: number) => new Date(from.getTime() + minutes * MINUTE);
  await beginOutage(store, tenant, at(10));
  await endOutage(store, tenant, at(20));
  await beginOutage(store, tenant, at(50));
  expect(await outageWithin(store, tenant, from, at(5))).toBe(0);
  expect(await outageWithin(store, tenant, from, at(15))).toBe(5 * MINUTE);
  expect(await outageWithin(store, tenant, at(12), at(60))).toBe(18 * MINUTE);
  await endOutage(store, tenant, at(60));
});
