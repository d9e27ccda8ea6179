import { randomUUID } from 'node:crypto';
import { addMinutes } from 'date-fns/addMinutes';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { cancel } from '../../src/capabilities/elevation/cancel.js';
import { deny } from '../../src/capabilities/elevation/deny.js';
import { edit } from '../../src/capabilities/elevation/edit.js';
import { end } from '../../src/capabilities/elevation/end.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import type { ElevationState } from '../../src/capabilities/elevation/machine.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import { reveal } from '../../src/capabilities/elevation/reveal.js';
import type { Elevation } from '../../src/capabilities/elevation/schemas.js';
import { newPacketId } from '../../src/core/ids.js';
import type { RequestId } from '../../src/core/tenant.js';
import type { Receipt } from '../../src/packet/index.js';
import { dropFromInbox, readReceiptInbox } from '../../src/store/index.js';
import { type Gatekeeper, openGatekeeper, person, readElevation, tenant } from '../database/gatekeeper.js';

/** Elevations led through random orders of everything that can happen to them, on the real verbs and database. */

let gate: Gatekeeper;
let doer: pg.Client;

beforeAll(async () => {
  gate = await openGatekeeper();
  doer = new pg.Client({ connectionString: gate.database.urls.doer });
  await doer.connect();
});
afterAll(async () => {
  await doer.end();
  await gate.close();
});

const PEOPLE = ['alice', 'bob', 'cat', 'dan', 'erin', 'frank'];

const by = fc.constantFrom(...PEOPLE);

/** Longer than any request waits, in minutes. */
const DAYS = 6 * 24 * 60;

/** What leads onwards is likelier than what closes, so that walks get far before they end. */
const Step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('approve' as const),
      by: fc.constantFrom('bob', 'cat', 'bob', 'cat', ...PEOPLE),
      sealed: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.constantFrom(0, 0, 0, 0, 0, 1, 3, 20, 31, DAYS),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('receipt' as const),
      outcome: fc.constantFrom(
        'granted' as const,
        'granted' as const,
        'ended' as const,
        'unproven' as const,
        'revealed' as const,
      ),
      ours: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reveal' as const), by }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deny' as const), by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), by }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      by: fc.constantFrom('alice', 'alice', ...PEOPLE),
      minutes: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reject' as const),
      code: fc.constantFrom('limit_scope' as const, 'target_unreachable' as const),
    }),
  },
);
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

/** States in which the target may hold an account of ours. */
const MAY_BE_LIVE: readonly ElevationState[] = ['executing', 'active', 'ending', 'revoke_unproven'];

interface Walk {
  id: RequestId;
  /** Each version seen, in order. */
  seen: Elevation[];
}

async function take({ id }: Walk, step: Step): Promise<void> {
  const { context, clock } = gate;
  const request = await readElevation(context, id);
  const input = randomUUID();
  switch (step.do) {
    case 'approve':
      await approve(context, id, {
        by: person(step.by),
        input,
        seal: step.sealed ? request.details.seal : 'f'.repeat(64),
      });
      return;
    case 'deny':
      await deny(context, id, {
        by: person(step.by),
        input,
        seal: request.details.seal,
        reason: 'not like this',
      });
      return;
    case 'cancel':
      await cancel(context, id, { by: person(step.by), input });
      return;
    case 'edit': {
      const { scope, reason, startAt } = request.details;
      const asked = { scope, reason, startAt, durationMinutes: step.minutes };
      await edit(context, id, { by: person(step.by), input, asked });
      return;
    }
    case 'end':
      await end(context, id, { by: person(step.by), input });
      return;
    case 'reveal':
      await reveal(context, id, { by: person(step.by), input, recipient: `age1${'q'.repeat(58)}` });
      return;
    case 'wait':
      clock.advance(step.minutes * 60_000);
      await lapse(id);
      return;
    case 'receipt':
      await receive(request, {
        outcome: step.outcome,
        code: step.outcome === 'unproven' ? 'revoke_unproven' : 'done',
        ours: step.ours,
      });
      return;
    case 'reject':
      await receive(request, { outcome: 'rejected', code: step.code, ours: true });
  }
}

async function lapse(id: RequestId): Promise<void> {
  const request = await readElevation(gate.context, id);
  if (request.dueAt !== null && request.dueAt <= gate.clock.now())
    await elevation.onDue(gate.context, request);
}

/** What the doer answers, settled as the worker does once the signature is checked. */
async function receive(
  request: Elevation,
  answer: Pick<Receipt, 'outcome' | 'code'> & { ours: boolean },
): Promise<void> {
  const { details } = request;
  const asked = {
    granted: details.grant,
    rejected: details.grant,
    revealed: details.showings.at(-1),
    ended: details.end,
    unproven: details.end,
  };
  const kind = {
    granted: 'grant',
    rejected: 'grant',
    revealed: 'reveal',
    ended: 'end',
    unproven: 'end',
  } as const;
  const { outcome, code } = answer;
  if (outcome === 'rotated' || outcome === 'checked_out' || outcome === 'observed') return;
  // The doer grants only what it was asked, and ends what it once granted: it never makes access up.
  if (details.grant === null || (outcome !== 'ended' && asked[outcome] === null)) return;
  const at = gate.clock.now();
  const packetId = (answer.ours ? asked[outcome]?.packetId : null) ?? newPacketId();
  const receipt: Receipt = {
    v: 1,
    origin: answer.ours ? 'packet' : 'doer',
    packetId,
    requestId: request.id,
    tenant,
    system: details.system,
    kind: kind[outcome],
    outcome,
    code,
    at: at.toISOString(),
    expiresAt: outcome === 'granted' ? details.grant.endsAtLatest : null,
    account: 'cs_g_walk',
    evidence: {},
    drift: null,
    ciphertext: null,
  };
  await doer.query("INSERT INTO gate.receipt_inbox (tenant, packet_id, receipt) VALUES ($1, $2, '')", [
    tenant,
    packetId,
  ]);
  const [row] = await readReceiptInbox(gate.context.store, tenant, 1);
  if (row === undefined) throw new Error('the inbox is empty');
  const settled = await elevation.settle?.(gate.context, request, { inboxId: row.id, receipt });
  if (!settled?.ok) await dropFromInbox(gate.context.store, tenant, row.id);
}

async function begin(scope: string, startsInMinutes: number | null = null): Promise<Walk> {
  const startAt =
    startsInMinutes === null ? null : addMinutes(gate.clock.now(), startsInMinutes).toISOString();
  const asked = await requestElevation(gate.context, {
    by: person('alice'),
    input: randomUUID(),
    asked: { system: 'orders-db', scope, durationMinutes: 15, reason: 'INC-1 a random walk', startAt },
  });
  if (!asked.ok) throw new Error(asked.message);
  return { id: asked.value.id, seen: [await readElevation(gate.context, asked.value.id)] };
}

const approvers = (request: Elevation): string[] =>
  request.votes
    .filter((vote) => vote.verdict === 'approve' && vote.seal === request.details.seal)
    .map((vote) => vote.principal);

/** What must hold whatever happened, each under its name. */
const INVARIANTS: Readonly<Record<string, (now: Elevation, before: Elevation) => boolean>> = {
  'rule 4: nothing is released without enough votes for exactly these terms': (now) =>
    !MAY_BE_LIVE.includes(now.state) || new Set(approvers(now)).size >= now.details.approvalsNeeded,
  'rule 4: nobody votes twice, and neither who asked, nor who left, nor who does not approve here votes': (
    now,
  ) =>
    new Set(now.votes.map((vote) => vote.principal)).size === now.votes.length &&
    now.votes.every((vote) => ['bob', 'cat'].includes(vote.principal)),
  'rule 4: after a denial nothing is granted': (now) =>
    now.votes.every((vote) => vote.verdict === 'approve') || now.state === 'denied',
  'rule 5: the sealed terms change by an edit of what waits alone, and then no vote stands': (now, before) =>
    (now.details.seal === before.details.seal &&
      now.details.durationMinutes === before.details.durationMinutes) ||
    (before.state === 'pending' &&
      now.state === 'pending' &&
      now.votes.length === 0 &&
      now.details.edits.length === before.details.edits.length + 1),
  'rule 12: nothing is released before its start': (now) =>
    !MAY_BE_LIVE.includes(now.state) ||
    now.details.startAt === null ||
    Date.parse(now.details.startAt) <= gate.clock.now().getTime(),
  'rule 3: a version is written once, and what is final stays': (now, before) =>
    now.version === before.version + 1 && !elevation.machine.isFinal(before.state),
  'rule 3: every step is one of the table': (now, before) =>
    elevation.machine.events.some((event) => elevation.machine.next(before.state, event) === now.state),
  'rule 2: what is not final has its time': (now) =>
    elevation.machine.isFinal(now.state) === (now.dueAt === null),
  'rule 11: what may have been live closes only by proof or by a refusal to begin': (now, before) =>
    !elevation.machine.isFinal(now.state) ||
    !MAY_BE_LIVE.includes(before.state) ||
    (now.state === 'ended' && now.details.end?.provedAt !== null) ||
    (now.state === 'failed' && before.state === 'executing'),
};

async function look(walk: Walk): Promise<void> {
  const now = await readElevation(gate.context, walk.id);
  const before = walk.seen.at(-1);
  if (before === undefined || now.version === before.version) return;
  walk.seen.push(now);
  for (const [name, holds] of Object.entries(INVARIANTS))
    expect(holds(now, before), `${name}: ${before.state} → ${now.state}`).toBe(true);
}

/** Time goes on and the doer answers: every elevation comes to an end by itself. */
async function comeToAnEnd(walk: Walk): Promise<ElevationState> {
  for (let round = 0; round < 20; round += 1) {
    const request = await readElevation(gate.context, walk.id);
    if (elevation.machine.isFinal(request.state)) return request.state;
    gate.clock.advance(600 * 60_000);
    await lapse(walk.id);
    await look(walk);
    const after = await readElevation(gate.context, walk.id);
    if (after.state === 'ending' || after.state === 'revoke_unproven')
      await receive(after, { outcome: 'ended', code: 'done', ours: true });
    await look(walk);
  }
  throw new Error('it never ends');
}

it('whatever order things happen in, the named invariants hold and every elevation ends', {
  timeout: 240_000,
}, async () => {
  const reached = new Set<string>();
  const Scope = fc.constantFrom('read-orders', 'read-orders', 'purge-orders');
  const Start = fc.constantFrom(null, null, null, 2);
  const Steps = fc.array(Step, { minLength: 6, maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(Scope, Start, Steps, async (scope, startsInMinutes, steps) => {
      const walk = await begin(scope, startsInMinutes);
      for (const step of steps) {
        await take(walk, step);
        await look(walk);
      }
      await comeToAnEnd(walk);
      for (const one of walk.seen) reached.add(one.state);
    }),
    { numRuns: 80, seed: 20261121, endOnFailure: true },
  );
  expect(reached).toEqual(new Set(elevation.machine.states));
});

it('the way of every day, step by step, and the ones that go wrong', { timeout: 60_000 }, async () => {
  const yes = { do: 'approve', by: 'bob', sealed: true } as const;
  const now = { do: 'wait', minutes: 0 } as const;
  const answer = (outcome: 'granted' | 'ended' | 'unproven' | 'revealed') =>
    ({ do: 'receipt', outcome, ours: true }) as const;
  const walks: [Step[], ElevationState[]][] = [
    [
      [yes, now, answer('granted'), { do: 'end', by: 'alice' }, now, answer('ended')],
      ['pending', 'approved', 'executing', 'active', 'ending', 'ending', 'ended'],
    ],
    [
      [yes, now, { do: 'reject', code: 'limit_scope' }],
      ['pending', 'approved', 'executing', 'failed'],
    ],
    [
      [yes, now, answer('granted'), { do: 'wait', minutes: 31 }, now, answer('unproven')],
      ['pending', 'approved', 'executing', 'active', 'ending', 'ending', 'revoke_unproven'],
    ],
    [[{ do: 'wait', minutes: DAYS }], ['pending', 'timed_out']],
    [
      [yes, { do: 'wait', minutes: 31 }],
      ['pending', 'approved', 'denied'],
    ],
    [
      [yes, { do: 'cancel', by: 'alice' }],
      ['pending', 'approved', 'cancelled'],
    ],
  ];
  for (const [steps, states] of walks) {
    const walk = await begin('read-orders');
    for (const step of steps) {
      await take(walk, step);
      await look(walk);
    }
    expect(walk.seen.map((one) => one.state)).toEqual(states);
    await comeToAnEnd(walk);
  }
});
