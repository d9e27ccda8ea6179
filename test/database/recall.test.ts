import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { validatePayload } from '../../src/blocks/index.js';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { edit } from '../../src/capabilities/elevation/edit.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import { freeze } from '../../src/capabilities/freeze/freeze.js';
import { freezesInForce } from '../../src/capabilities/freeze/in-force.js';
import { freeze as freezeCapability } from '../../src/capabilities/freeze/index.js';
import { whatTheyDid } from '../../src/capabilities/recall/doings.js';
import { recall as capability } from '../../src/capabilities/recall/index.js';
import { judge } from '../../src/capabilities/recall/judge.js';
import { recall } from '../../src/capabilities/recall/recall.js';
import { readReviewModal, reviewModal } from '../../src/capabilities/recall/review-modal.js';
import type { Recall } from '../../src/capabilities/recall/schemas.js';
import { see } from '../../src/capabilities/recall/see.js';
import { list } from '../../src/capabilities/recall/stored.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import { claimEffects, readRequest } from '../../src/store/index.js';
import { type Gatekeeper, KEEPERS, openGatekeeper, person, readElevation, tenant } from './gatekeeper.js';

let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
});
afterAll(() => gate.close());

const [alice, bob, cat, dan] = [person('alice'), person('bob'), person('cat'), person('dan')];
const [eve, fay] = [KEEPERS[0] ?? dan, KEEPERS[1] ?? dan];
const HOUR = 3_600_000;

async function asks(by: PrincipalId, scope = 'read-orders'): Promise<RequestId> {
  const asked = await requestElevation(gate.context, {
    by,
    input: randomUUID(),
    asked: { system: 'orders-db', scope, durationMinutes: 15, reason: `INC-1 ${randomUUID()} burns` },
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

const calls = (by: PrincipalId, whom: PrincipalId | null, hours = 48) =>
  recall(gate.context, {
    by,
    input: randomUUID(),
    person: whom,
    since: new Date(gate.clock.now().getTime() - hours * HOUR),
  });

const newest = async (): Promise<Recall> => {
  const [found] = await list(gate.context, { take: 1 });
  if (found === undefined) throw new Error('no recall');
  return found;
};

const judges = (by: PrincipalId, of: Recall, number: number, as: 'accepted' | 'flagged') =>
  judge(gate.context, of.id, { by, input: randomUUID(), number, as });

const stops = async (): Promise<string[]> =>
  (
    await claimEffects(gate.context.store, {
      tenant,
      kinds: ['stop'],
      now: gate.clock.now(),
      take: 100,
      seconds: 1,
    })
  ).flatMap(({ effect }) => (effect?.kind === 'stop' ? [effect.requestId] : []));

it('lists all an account asked and approved since, votes taken back included, and stops what is open of it', async () => {
  const before = await asks(bob);
  gate.clock.advance(72 * HOUR);
  await elevation.onDue(gate.context, await readElevation(gate.context, before));
  const [own, voided, begun] = [await asks(bob), await asks(alice, 'purge-orders'), await asks(alice)];
  await approves(bob, voided);
  await approves(bob, begun);
  await elevation.onDue(gate.context, await readElevation(gate.context, begun));
  await freeze(gate.context, { by: dan, input: randomUUID(), person: bob, reason: '' });
  const [frozen] = await freezesInForce(gate.context);
  const stored = await readRequest(gate.context.store, tenant, frozen?.id ?? own);
  if (stored !== null) await freezeCapability.onDue(gate.context, stored);
  expect((await readElevation(gate.context, voided)).votes).toEqual([]);
  await stops();

  expect(await calls(dan, bob)).toMatchObject({ ok: true, value: { items: 3, stopped: 3 } });
  const { items } = (await newest()).details;
  expect(new Map(items.map((item) => [item.id, item.part]))).toEqual(
    new Map([
      [own, 'asked'],
      [voided, 'approved'],
      [begun, 'approved'],
    ]),
  );
  expect(await stops()).toEqual(expect.arrayContaining([own, voided, begun]));
  await elevation.stop?.(gate.context, await readElevation(gate.context, begun), {
    reason: 'recalled',
    by: dan,
  });
  expect((await readElevation(gate.context, begun)).details.end?.reason).toBe('recalled');
});

it('what was asked before and edited since counts as asked since: whoever had the account changed it', async () => {
  const id = await asks(alice);
  gate.clock.advance(HOUR);
  const since = gate.clock.now();
  gate.clock.advance(HOUR);
  const asked = {
    system: 'orders-db',
    scope: 'write-orders',
    durationMinutes: 15,
    reason: `INC-2 ${randomUUID()}`,
  };
  expect(await edit(gate.context, id, { by: alice, input: randomUUID(), asked })).toMatchObject({ ok: true });
  const because = { reason: 'recalled', by: dan } as const;
  const done = await whatTheyDid(gate.context, alice, since, because);
  expect(done.map((item) => [item.id, item.part])).toEqual([[id, 'asked']]);
  gate.clock.advance(1_000);
  expect(await whatTheyDid(gate.context, alice, gate.clock.now(), because)).toEqual([]);
});

it('another of security judges, not who called for it nor the account itself; the last judgement closes it', async () => {
  const one = await newest();
  const [first, second, third] = one.details.items.map((item) => item.number);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three items');
  expect(await judges(dan, one, first, 'accepted')).toMatchObject({
    ok: false,
    code: 'recall.caller_accepts',
  });
  expect(await judges(bob, one, first, 'accepted')).toMatchObject({
    ok: false,
    code: 'recall.inactive_actor',
  });
  expect(await judges(alice, one, first, 'flagged')).toMatchObject({
    ok: false,
    code: 'recall.not_security',
  });
  expect(await judges(dan, one, first, 'flagged')).toMatchObject({ ok: true });
  expect(await judges(eve, one, first, 'accepted')).toMatchObject({ ok: false, code: 'already_resolved' });
  expect(await judges(eve, one, 4_711, 'accepted')).toMatchObject({ ok: false, code: 'not_found' });
  expect(await judges(eve, one, second, 'accepted')).toMatchObject({ ok: true });
  expect((await newest()).state).toBe('reviewing');
  expect(await judges(fay, one, third, 'accepted')).toMatchObject({ ok: true });
  expect(await newest()).toMatchObject({ state: 'reviewed', dueAt: null });
});

it('rule 3: judgements of one recall in the same instant are all kept, one of each item', async () => {
  for (let at = 0; at < 6; at += 1) await asks(cat);
  await calls(dan, cat);
  const one = await newest();
  const numbers = one.details.items.map((item) => item.number);
  const answers = await Promise.all(
    numbers.flatMap((number) => [judges(eve, one, number, 'accepted'), judges(fay, one, number, 'flagged')]),
  );
  const kept = (await newest()).details.items.filter((item) => item.judged !== null);
  expect(answers.filter((answer) => answer.ok)).toHaveLength(kept.length);
  expect(kept.length).toBeGreaterThan(0);
});

it('all of it is shown, page by page, to security alone', async () => {
  const one = await newest();
  const item = one.details.items[0];
  if (item === undefined) throw new Error('an item');
  const many: Recall = {
    ...one,
    details: {
      ...one.details,
      items: Array.from({ length: 345 }, (_, at) => ({ ...item, number: at + 1, judged: null })),
    },
  };
  const seen = new Set<string>();
  for (let page = 0; page < 35; page += 1) {
    const view = await readReviewModal(gate.context, many, page);
    expect(validatePayload({ view })).toEqual([]);
    for (const [, number] of JSON.stringify(view).matchAll(/"\*#(\d+)\*/g)) seen.add(number ?? '');
  }
  expect(seen.size).toBe(345);
  expect(await see(gate.context, one.id, { by: fay, input: randomUUID() })).toMatchObject({ ok: true });
  expect(await see(gate.context, one.id, { by: alice, input: randomUUID() })).toMatchObject({
    ok: false,
    code: 'recall.not_security',
  });
});

it('who judges sees what it was: system, scope, privileges, duration, reason as data, and what became of it', async () => {
  const one = await newest();
  const item = one.details.items[0];
  if (item === undefined) throw new Error('an item');
  const shown = JSON.stringify(await readReviewModal(gate.context, one, 0));
  const { details } = await readElevation(gate.context, item.id);
  for (const what of ['Read orders', 'Orders database', '15 minutes', 'SELECT ON', details.reason, '*Now:*'])
    expect(shown).toContain(what);
  for (const reason of ['<!channel> *Approved by Bob*', '&<>"\u0301'.repeat(400), 'x\n'.repeat(1_000)]) {
    const stored = await readRequest(gate.context.store, tenant, item.id);
    if (stored === null) throw new Error('nothing stored');
    const requests = [{ ...stored, details: { ...details, reason } }];
    const view = reviewModal(gate.context, one, { asked: 0, requests });
    expect(validatePayload({ view })).toEqual([]);
    expect(JSON.stringify(view)).not.toContain('<!channel>');
  }
});

it('answers are clear: oneself, an unknown, nothing done, and a forgotten recall reminds', async () => {
  expect(await calls(fay, fay)).toMatchObject({ ok: false, code: 'recall.oneself' });
  expect(await calls(fay, null)).toMatchObject({ ok: false, code: 'recall.subject_unknown' });
  expect(await calls(fay, person('grace'))).toMatchObject({ ok: false, code: 'recall.nothing_done' });
  await asks(alice);
  await calls(fay, alice);
  for (let day = 0; day < 5; day += 1) {
    const stored = await readRequest(gate.context.store, tenant, (await newest()).id);
    if (stored === null) throw new Error('no recall');
    gate.clock.advance(24 * HOUR);
    await capability.onDue(gate.context, stored);
  }
  expect((await newest()).details.reminders).toBe(5);
});
