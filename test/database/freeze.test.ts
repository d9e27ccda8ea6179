import { randomUUID } from 'node:crypto';
import { addHours } from 'date-fns/addHours';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve as approveToken } from '../../src/capabilities/auditor-token/approve.js';
import { requestToken } from '../../src/capabilities/auditor-token/request.js';
import { Details as TokenDetails } from '../../src/capabilities/auditor-token/schemas.js';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { pendingUntil } from '../../src/capabilities/elevation/nudges.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import { freeze } from '../../src/capabilities/freeze/freeze.js';
import { freezeBecause } from '../../src/capabilities/freeze/freeze-because.js';
import { freezesInForce } from '../../src/capabilities/freeze/in-force.js';
import { freeze as capability } from '../../src/capabilities/freeze/index.js';
import { lift } from '../../src/capabilities/freeze/lift.js';
import { list } from '../../src/capabilities/freeze/list.js';
import type { Freeze } from '../../src/capabilities/freeze/schemas.js';
import { holdersOf } from '../../src/capabilities/principal-facts.js';
import { newRequestId } from '../../src/core/ids.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import { oblige } from '../../src/policy/index.js';
import { commit, readRequest } from '../../src/store/index.js';
import {
  approver,
  type Gatekeeper,
  KEEPERS,
  openGatekeeper,
  person,
  readElevation,
  relayStops,
  tenant,
} from './gatekeeper.js';

let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
});
afterAll(() => gate.close());

const [eve, fay] = [KEEPERS[0] ?? person('nobody'), KEEPERS[1] ?? person('nobody')];
const dan = person('dan');

const freezing = (by: PrincipalId, whom: PrincipalId | null, reason = 'stolen laptop') =>
  freeze(gate.context, { by, input: randomUUID(), person: whom, reason });

async function freezeOf(whom: PrincipalId): Promise<Freeze> {
  const found = (await freezesInForce(gate.context)).find((one) => one.subject === whom);
  if (found === undefined) throw new Error(`${whom} is not frozen`);
  return found;
}

const agree = async (by: PrincipalId, one: Freeze) =>
  lift(gate.context, one.id, { by, input: randomUUID(), seal: one.details.seal });

async function thaw(whom: PrincipalId, keepers = [dan, eve, fay]): Promise<void> {
  const one = await freezeOf(whom);
  for (const by of keepers) if (by !== whom) await agree(by, one);
}

async function asks(by: PrincipalId, scope = 'read-orders', startAt: Date | null = null): Promise<RequestId> {
  const asked = await requestElevation(gate.context, {
    by,
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope,
      durationMinutes: 15,
      reason: `INC-1 ${randomUUID()} burns`,
      startAt: startAt?.toISOString() ?? null,
    },
  });
  if (!asked.ok) throw new Error(asked.message);
  return asked.value.id;
}

const approves = async (by: PrincipalId, id: RequestId) =>
  approve(gate.context, id, {
    by,
    input: randomUUID(),
    seal: (await readElevation(gate.context, id)).details.seal,
  });

async function sweepNow(whom: PrincipalId): Promise<Freeze> {
  const one = await readRequest(gate.context.store, tenant, (await freezeOf(whom)).id);
  if (one === null) throw new Error('no freeze');
  await capability.onDue(gate.context, one);
  await relayStops(gate);
  return freezeOf(whom);
}

it('one of security ends everything an account has open, and its clicks are blocked from then on', async () => {
  const alice = person('alice');
  const [pending, approved, executing] = [await asks(alice), await asks(alice), await asks(alice)];
  await approves(person('bob'), approved);
  await approves(person('bob'), executing);
  await elevation.onDue(gate.context, await readElevation(gate.context, executing));

  const frozen = await freezing(dan, alice);
  expect(frozen).toMatchObject({ ok: true, value: { stopped: 3 } });
  await relayStops(gate);
  expect((await readElevation(gate.context, pending)).state).toBe('denied');
  expect((await readElevation(gate.context, approved)).details.failure).toContain('the account was frozen');
  expect(await readElevation(gate.context, executing)).toMatchObject({
    state: 'ending',
    details: { end: { reason: 'frozen', by: 'dan' } },
  });
  await expect(asks(alice)).rejects.toThrow('not active');
  await thaw(alice);
  expect((await readElevation(gate.context, pending)).state).toBe('denied');
});

it('rule 4: votes of a frozen approver on what is undecided are taken back, and one who counts at that moment counts again', async () => {
  const bob = person('bob');
  const id = await asks(person('alice'), 'purge-orders');
  await approves(bob, id);
  await freezing(dan, bob);
  const before = await readElevation(gate.context, id);
  await sweepNow(bob);
  const after = await readElevation(gate.context, id);
  expect(after).toMatchObject({ state: 'pending', votes: [] });
  expect(after.version).toBe(before.version + 1);
  await approves(person('cat'), id);
  expect((await readElevation(gate.context, id)).state).toBe('pending');
  await approves(approver(1), id);
  expect((await readElevation(gate.context, id)).state).toBe('approved');
  await thaw(bob);
});

it('rule 4: an approval that rests on a frozen vote is never carried out', async () => {
  const bob = person('bob');
  const id = await asks(person('alice'));
  await approves(bob, id);
  await freezing(dan, bob);
  await elevation.onDue(gate.context, await readElevation(gate.context, id));
  expect((await readElevation(gate.context, id)).state).toBe('denied');
  await thaw(bob);
});

it('rule 4: what a frozen approver approved and has not begun waits for others, and stays so when the freeze is lifted', async () => {
  const bob = person('bob');
  const startAt = addHours(gate.clock.now(), 48);
  const id = await asks(person('alice'), 'read-orders', startAt);
  await approves(bob, id);
  const token = await requestToken(gate.context, {
    by: dan,
    input: randomUUID(),
    asked: { days: 3, purpose: 'quarterly review' },
  });
  if (!token.ok) throw new Error(token.message);
  const asked = await readRequest(gate.context.store, tenant, token.value.id);
  const { seal } = TokenDetails.parse(asked?.details);
  await approveToken(gate.context, token.value.id, { by: fay, input: randomUUID(), seal });

  gate.clock.advance(24 * 3_600_000);
  for (const whom of [bob, fay]) {
    await freezing(dan, whom);
    const { details } = await sweepNow(whom);
    expect(details.voided).toBe(1);
    expect(details.resting.map((one) => one.id)).not.toContain(id);
  }
  const waitsUntil = addHours(gate.clock.now(), 8).toISOString();
  const again = { state: 'pending', votes: [], details: { decided: null, pendingUntil: waitsUntil } };
  const anew = pendingUntil(gate.context, { system: 'orders-db', now: gate.clock.now() });
  expect(await readElevation(gate.context, id)).toMatchObject({
    ...again,
    details: {
      ...again.details,
      pendingUntil: anew,
      deciding: { withdrawn: [{ by: 'bob', because: 'frozen' }] },
    },
  });
  expect(await readRequest(gate.context.store, tenant, token.value.id)).toMatchObject(again);

  await thaw(bob, [dan, eve]);
  await thaw(fay, [dan, eve]);
  gate.clock.advance(6 * 24 * 3_600_000);
  await elevation.onDue(gate.context, await readElevation(gate.context, id));
  expect((await readElevation(gate.context, id)).state).toBe('timed_out');
});

it('rule 4: who is frozen has agreed to lift nothing, and has to agree again once thawed', async () => {
  const cat = person('cat');
  await freezing(dan, cat);
  await agree(eve, await freezeOf(cat));
  await freezing(dan, eve);
  await sweepNow(eve);
  expect(await freezeOf(cat)).toMatchObject({ state: 'frozen', votes: [] });
  await thaw(eve, [dan, fay]);
  await agree(fay, await freezeOf(cat));
  expect((await freezeOf(cat)).state).toBe('frozen');
  await agree(eve, await freezeOf(cat));
  expect(await freezesInForce(gate.context)).toEqual([]);
});

it('access that rests on a frozen approver goes on and is listed for people to look at', async () => {
  const bob = person('bob');
  const id = await asks(person('alice'));
  await approves(bob, id);
  await elevation.onDue(gate.context, await readElevation(gate.context, id));
  await freezing(dan, bob);
  const { details } = await sweepNow(bob);
  expect(details.resting).toContainEqual(
    expect.objectContaining({ id, capability: 'elevation', subject: 'alice' }),
  );
  expect((await readElevation(gate.context, id)).state).toBe('executing');
  await thaw(bob);
});

it('what is opened on facts from before the freeze is found by a later look', async () => {
  const cat = person('cat');
  await freezing(dan, cat);
  await sweepNow(cat);
  const late = await commitLate(cat);
  const { details, dueAt } = await sweepNow(cat);
  expect((await readElevation(gate.context, late)).state).toBe('denied');
  expect(details.stopped).toContain((await readElevation(gate.context, late)).number);
  expect(dueAt).not.toBeNull();
  await thaw(cat);
});

it('twenty at once freeze an account once, and every other is told that it is frozen already', async () => {
  const grace = person('grace');
  const all = await Promise.all(Array.from({ length: 20 }, (_, at) => freezing(at % 2 ? dan : eve, grace)));
  expect(all.filter((one) => one.ok)).toHaveLength(1);
  for (const one of all) if (!one.ok) expect(one.code).toBe('freeze.already_frozen');
  expect((await freezesInForce(gate.context)).filter((one) => one.subject === grace)).toHaveLength(1);
  await thaw(grace);
});

it('what Slack noticed freezes too, again changes nothing, and two lift it', async () => {
  const erin = person('erin');
  const left = { person: erin, because: { reason: 'deactivated', by: null } } as const;
  const token = await requestToken(gate.context, {
    by: erin,
    input: randomUUID(),
    asked: { days: 3, purpose: 'quarterly review' },
  });
  if (!token.ok) throw new Error(token.message);
  expect(await freezeBecause(gate.context, left)).toMatchObject({ ok: true });
  expect(await freezeBecause(gate.context, left)).toMatchObject({ ok: true });
  await relayStops(gate);
  expect((await readRequest(gate.context.store, tenant, token.value.id))?.state).toBe('denied');
  const one = await freezeOf(erin);
  expect(one.details).toMatchObject({ because: 'deactivated', by: null });
  await thaw(erin);
  expect(await freezesInForce(gate.context)).toEqual([]);
});

it('rule 3: three who agree in the same instant lift it once, with two votes', async () => {
  const frank = person('frank');
  await freezing(dan, frank);
  const one = await freezeOf(frank);
  const answers = await Promise.all([dan, eve, fay].map((by) => agree(by, one)));
  expect(answers.filter((answer) => answer.ok)).toHaveLength(2);
  const lifted = await readRequest(gate.context.store, tenant, one.id);
  expect(lifted?.state).toBe('lifted');
  expect(lifted?.votes).toHaveLength(2);
});

it('lifting takes two: not one twice, not the frozen one, not one who was frozen since, not on other terms', async () => {
  await freezing(dan, eve);
  const one = await freezeOf(eve);
  expect(await agree(eve, one)).toMatchObject({ ok: false, code: 'freeze.inactive_actor' });
  expect(await agree(person('bob'), one)).toMatchObject({ ok: false, code: 'freeze.not_security' });
  expect(await agree(dan, one)).toMatchObject({ ok: true });
  expect(await agree(dan, one)).toMatchObject({ ok: false, code: 'freeze.voted_already' });
  expect(await agree(fay, { ...one, details: { ...one.details, seal: 'f'.repeat(64) } })).toMatchObject({
    ok: false,
    code: 'freeze.seal_changed',
  });
  await freezing(fay, dan);
  expect(await agree(fay, one)).toMatchObject({ ok: true });
  expect((await freezeOf(eve)).votes).toHaveLength(2);
  expect((await freezeOf(eve)).state).toBe('frozen');
});

it('answers are clear: oneself, a service, an unknown, already frozen, not security, and who is frozen is listed', async () => {
  const code = async (answer: ReturnType<typeof freezing>) => {
    const given = await answer;
    return given.ok ? 'frozen' : given.code;
  };
  expect(await code(freezing(fay, fay))).toBe('freeze.oneself');
  expect(await code(freezing(fay, person('svc-deploy')))).toBe('freeze.subject_service');
  expect(await code(freezing(fay, null))).toBe('freeze.subject_unknown');
  expect(await code(freezing(fay, eve))).toBe('freeze.already_frozen');
  expect(await code(freezing(person('alice'), person('bob')))).toBe('freeze.not_security');
  expect(await code(freezing(eve, person('bob')))).toBe('freeze.inactive_actor');
  const listed = await list(gate.context, { by: fay, input: randomUUID() });
  expect(listed.ok && listed.value.map((line) => /#\d+ (\S+ \S+)/.exec(line)?.[1])).toEqual([
    'Keeper keeper-1',
    'Dan Dlamini',
  ]);
  expect(await list(gate.context, { by: person('bob'), input: randomUUID() })).toMatchObject({
    ok: false,
    code: 'freeze.not_security',
  });
});

/** What an app does that read its facts just before the freeze stood. */
async function commitLate(whom: PrincipalId): Promise<RequestId> {
  const model = await readElevation(gate.context, await asks(person('alice')));
  const id = newRequestId();
  await commit(gate.context.store, {
    tenant,
    at: gate.clock.now(),
    decision: oblige({ rule: 'test.late', message: 'Facts from before.', basis: null }),
    event: { type: 'elevation.requested', requestId: id, actor: whom },
    changes: [
      {
        id: id,
        capability: 'elevation',
        requester: whom,
        subject: whom,
        from: null,
        to: { state: 'pending', details: model.details, dueAt: gate.clock.now() },
      },
    ],
  });
  return id;
}

it('rule 2: a reason that holds a secret delays no freeze, and is not kept', async () => {
  const grace = person('grace');
  expect(await freezing(fay, grace, 'his token=abcdefghij0123456789 leaked')).toMatchObject({ ok: true });
  expect((await freezeOf(grace)).details.reason).toMatch(/^Left out/);
  await thaw(grace);
});

it('one account of security cannot freeze all others, and the last one left can freeze it', async () => {
  const active = async (id: PrincipalId) =>
    !(await freezesInForce(gate.context)).some(({ subject }) => subject === id);
  const keepers: PrincipalId[] = [];
  for (const id of holdersOf(gate.context, ['security'])) if (await active(id)) keepers.push(id);
  const [hijacked, last, ...others] = keepers;
  if (hijacked === undefined || last === undefined) throw new Error('too few of security');
  for (const other of others) expect(await freezing(hijacked, other)).toMatchObject({ ok: true });
  expect(await freezing(hijacked, last)).toMatchObject({ ok: false, code: 'freeze.nobody_left' });
  expect(await freezing(last, hijacked)).toMatchObject({ ok: true });
});
