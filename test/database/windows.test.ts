import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { addDays } from 'date-fns/addDays';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { typedRequest } from '../../src/capabilities/define.js';
import { cancel } from '../../src/capabilities/elevation/cancel.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import type { Elevation } from '../../src/capabilities/elevation/schemas.js';
import { freeze } from '../../src/capabilities/freeze/freeze.js';
import { freezesInForce } from '../../src/capabilities/freeze/in-force.js';
import { freeze as freezes } from '../../src/capabilities/freeze/index.js';
import { lift } from '../../src/capabilities/freeze/lift.js';
import type { VerbContext } from '../../src/capabilities/index.js';
import { recall } from '../../src/capabilities/recall/recall.js';
import { approve } from '../../src/capabilities/window/approve.js';
import { close } from '../../src/capabilities/window/close.js';
import { window } from '../../src/capabilities/window/index.js';
import { machine } from '../../src/capabilities/window/machine.js';
import { requestWindow } from '../../src/capabilities/window/request.js';
import { Details, type WindowRequest } from '../../src/capabilities/window/schemas.js';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { CountersignError } from '../../src/core/errors.js';
import { newRequestId } from '../../src/core/ids.js';
import { type PrincipalId, RequestId } from '../../src/core/tenant.js';
import { policyDigest } from '../../src/policy/digest.js';
import { loadPolicy, Organisation, oblige, readPolicyFiles } from '../../src/policy/index.js';
import { type Commit, commit, readRequest, readRequestsOf } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
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

/** The only approval nobody gives at once: windows on the real verbs, policy and database. */

let gate: Gatekeeper;
let context: VerbContext;

type System = Organisation['systems'][number];

/** The example organisation, in which orders may be looked at through windows, and the crowd may ask for it. */
const withWindows =
  (over: Partial<System> = {}) =>
  (organisation: Organisation): Organisation => ({
    ...organisation,
    systems: organisation.systems.map((system) =>
      system.id === 'orders-db'
        ? {
            ...system,
            windows: { maximumDays: 7, maximumUses: 50 },
            requesterRoles: [...system.requesterRoles, 'platform-approver'],
            ...over,
          }
        : system,
    ),
  });

const [erin, bob, dan] = [person('erin'), person('bob'), person('dan')];

beforeAll(async () => {
  gate = await openGatekeeper({}, {}, withWindows());
  context = gate.context;
});
afterEach(async () => {
  for (const one of await open('window')) await close(context, one.id, { by: dan, input: randomUUID() });
  for (const { id, requester: by } of await open('elevation'))
    await cancel(context, id, { by, input: randomUUID() });
  // Each test asks in an hour of its own.
  gate.clock.advance(61 * 60_000);
});
afterAll(() => gate.close());

/** The same gatekeeper once the organisation has changed. */
async function underOrganisation(change: (organisation: Organisation) => Organisation): Promise<VerbContext> {
  const { bundle } = readPolicyFiles(resolve(import.meta.dirname, '../../policies'), connectorKinds);
  const organisation = Organisation.parse(change(context.policy.organisation));
  const digest = policyDigest(bundle, organisation);
  return { ...context, policy: await loadPolicy({ bundle, organisation, digest }) };
}

const open = async (capability: string) => {
  const all = { capability, states: ['pending', 'approved', 'open', 'used_up'], take: 500 };
  return readRequestsOf(context.store, tenant, all);
};

async function readWindow(id: string): Promise<WindowRequest> {
  const request = await readRequest(context.store, tenant, RequestId.parse(id));
  if (request === null) throw new Error(`${id} is not there`);
  return typedRequest({ name: 'window', machine, details: Details }, request);
}

type Asked = Partial<Parameters<typeof requestWindow>[1]['asked']>;

const asking = (over: Asked = {}, by = 'alice', within = context) =>
  requestWindow(within, {
    by: person(by),
    input: randomUUID(),
    asked: {
      people: [erin, person('grace')],
      system: 'orders-db',
      scopes: ['read-orders'],
      uses: 3,
      longestMinutes: 60,
      startsAt: null,
      endsAt: addDays(gate.clock.now(), 1).toISOString(),
      reason: 'The migration weekend needs a look every few hours',
      ticket: null,
      ...over,
    },
  });

async function asked(over: Asked = {}, by = 'alice'): Promise<WindowRequest> {
  const outcome = await asking(over, by);
  if (!outcome.ok) throw new Error(outcome.message);
  return readWindow(outcome.value.id);
}

const votes = async (id: string, by: string): Promise<string> => {
  const { details } = await readWindow(id);
  const outcome = await approve(context, RequestId.parse(id), {
    by: person(by),
    input: randomUUID(),
    seal: details.seal,
  });
  return outcome.ok ? 'ok' : outcome.code;
};

async function opened(over: Asked = {}, by = 'alice'): Promise<WindowRequest> {
  const { id } = await asked(over, by);
  expect(await votes(id, 'bob')).toBe('ok');
  const window = await readWindow(id);
  expect(window.state).toBe('open');
  return window;
}

const elevating = (by: PrincipalId, over: { scope?: string; minutes?: number; in?: VerbContext } = {}) =>
  requestElevation(over.in ?? context, {
    by,
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope: over.scope ?? 'read-orders',
      durationMinutes: over.minutes ?? 30,
      reason: `OPS-12 ${randomUUID()} a look at the orders`,
    },
  });

async function elevated(by: PrincipalId, over: Parameters<typeof elevating>[1] = {}): Promise<Elevation> {
  const outcome = await elevating(by, over);
  if (!outcome.ok) throw new Error(outcome.message);
  return readElevation(context, outcome.value.id);
}

const carryOut = async (id: RequestId, within = context): Promise<string> => {
  await elevation.onDue(within, await readElevation(context, id));
  return (await readElevation(context, id)).state;
};

const Envelope = z.object({ payload: z.string() });

it('rule 5: what approvers could not be shown makes no window; what they can, Show Terms shows whole', async () => {
  const privileges = Array.from({ length: 100 }, (_, at) => `SELECT ON TABLE shop.${'t'.repeat(170)}_${at}`);
  const scopes = Array.from({ length: 12 }, (_, at) => ({
    id: `read-${at}`,
    title: `Read ${at}`,
    privileges,
  }));
  const wide = await underOrganisation((organisation) => ({
    ...organisation,
    systems: organisation.systems.map((system) =>
      system.id === 'orders-db'
        ? { ...system, scopes: scopes.map((scope) => ({ ...scope, destructive: false })) }
        : system,
    ),
  }));
  expect(await asking({ scopes: scopes.map(({ id }) => id) }, 'alice', wide)).toMatchObject({
    ok: false,
    code: 'window.too_much_to_read',
  });
  const some = await asking({ scopes: ['read-0', 'read-1'] }, 'alice', wide);
  if (!some.ok) throw new Error(some.message);
  const { id, details } = await readWindow(some.value.id);
  const button = window.slack.actions.find(({ actionId }) => actionId === 'window.show_terms');
  const call = { by: bob, input: randomUUID(), value: `${id}:${details.seal}` };
  const answer = JSON.stringify(await button?.run(wide, call));
  for (const text of ['Read 0:', 'Read 1:', ...privileges]) expect(answer).toContain(text);
});

it('a use is approved by the window, says so with its number and what is left, and runs on the votes of the window', async () => {
  const { id, number, details } = await opened();
  const first = await elevated(erin);
  expect(first).toMatchObject({
    state: 'approved',
    votes: [],
    details: {
      approvalsNeeded: 1,
      window: { id, number, seal: details.seal, approvers: ['bob'], usesLeft: 2 },
      decided: { by: null },
    },
  });
  const [card] = elevation.surfaces(first, NAMES);
  expect(card?.text).toContain(`Approved beforehand by window #${number}, which @bob countersigned`);
  const thread = elevation.surfaces(first, NAMES).find(({ name }) => name === 'thread:window');
  expect(thread?.text).toContain('It lets 2 more uses through');
  expect((await readWindow(id)).details.used).toMatchObject([{ request: first.id, by: 'erin' }]);

  expect(await carryOut(first.id)).toBe('executing');
  const { rows } = await context.store.pool.query(
    `SELECT payload->>'envelope' AS envelope FROM gate.outbox WHERE kind = 'packet' AND payload->>'requestId' = $1`,
    [first.id],
  );
  const envelope = Envelope.parse(JSON.parse(Buffer.from(String(rows[0]?.envelope), 'base64').toString()));
  expect(JSON.parse(Buffer.from(envelope.payload, 'base64url').toString())).toMatchObject({
    window: { requestId: id, seal: details.seal, terms: details.terms },
    votes: [{ principal: 'bob', seal: details.seal }],
  });
  expect(await ledgered(first.id)).toMatchObject([
    { type: 'elevation.requested', decision: { effect: 'allow', rules: ['elevation.window'] } },
    {
      type: 'elevation.approved_beforehand',
      data: { window: id, windowSeal: details.seal, votes: [expect.any(String)] },
    },
    { type: 'elevation.released', data: { window: id } },
  ]);
  expect((await ledgered(id)).at(-1)).toMatchObject({ type: 'window.used', data: { request: first.id } });
});

const Payloads = z.array(z.object({ payload: z.string() }));

async function ledgered(id: RequestId): Promise<unknown[]> {
  const { rows } = await withClient(gate.database.urls.admin, (admin) =>
    admin.query(`SELECT convert_from(payload, 'UTF8') AS payload FROM ledger.ledger_inbox ORDER BY id`),
  );
  return Payloads.parse(rows)
    .map(({ payload }): unknown => JSON.parse(payload))
    .filter((entry) => z.looseObject({ request: z.string().nullable() }).parse(entry).request === id);
}

const NAMES = {
  person: (id: string) => id,
  mention: (id: string) => `@${id}`,
  system: (id: string) => id,
  scope: (_system: string, id: string) => id,
};

it('whoever it does not name, another scope, a longer use and another system are asked of people', async () => {
  await opened();
  expect((await elevated(person('alice'))).state).toBe('pending');
  expect((await elevated(erin, { minutes: 61 })).state).toBe('pending');
  expect((await elevated(person('grace'), { scope: 'migrate-orders' })).state).toBe('pending');
});

it('fifty at the same moment and one use left: one passes, the rest are asked of people', {
  timeout: 60_000,
}, async () => {
  const people = Array.from({ length: 20 }, (_, number) => approver(number));
  const { id } = await opened({ people, uses: 1 });
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, at) => elevated(people[at % 20] ?? erin)),
  );
  const states = outcomes.map(({ state }) => state);
  expect(states.filter((state) => state === 'approved')).toHaveLength(1);
  expect(states.filter((state) => state === 'pending')).toHaveLength(49);
  expect(await readWindow(id)).toMatchObject({ state: 'used_up', details: { used: [{}] } });
});

it('of twenty at the same moment exactly as many pass as there are uses, each told its own number', async () => {
  const people = Array.from({ length: 20 }, (_, number) => approver(number));
  const { id } = await opened({ people, uses: 7 });
  const outcomes = await Promise.all(people.map((one) => elevated(one)));
  const left = outcomes.flatMap(({ details }) => details.window?.usesLeft ?? []);
  expect(left.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect((await readWindow(id)).details.used.map(({ request }) => request).toSorted()).toEqual(
    outcomes.flatMap(({ id: request, details }) => (details.window === null ? [] : [request])).toSorted(),
  );
});

it('a window opens with its beginning, and nothing it lets through outlives it', async () => {
  const start = gate.clock.now().getTime() + 3_600_000;
  const { id } = await opened({
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + 3_600_000).toISOString(),
  });
  expect((await elevated(erin)).state).toBe('pending');
  gate.clock.advance(3_600_000);
  expect((await elevated(erin)).state).toBe('approved');
  gate.clock.advance(31 * 60_000);
  expect((await elevated(erin)).state).toBe('pending');
  gate.clock.advance(30 * 60_000);
  expect((await elevated(erin, { minutes: 1 })).state).toBe('pending');
  await window.onDue(context, await readWindow(id));
  expect(await readWindow(id)).toMatchObject({ state: 'expired', dueAt: null, details: { used: [{}] } });
});

it('closed by an approver nothing more passes, and what passed and has not begun is withdrawn', async () => {
  const { id } = await opened();
  const waiting = await elevated(erin);
  expect(await close(context, id, { by: erin, input: randomUUID() })).toMatchObject({
    ok: false,
    code: 'window.not_yours_to_close',
  });
  expect(await close(context, id, { by: person('cat'), input: randomUUID() })).toMatchObject({ ok: true });
  expect((await readWindow(id)).state).toBe('closed');
  expect(await carryOut(waiting.id)).toBe('denied');
  expect((await readElevation(context, waiting.id)).details.failure).toContain(
    'The window that let this through',
  );
  expect((await elevated(erin)).state).toBe('pending');
});

it('rule 4: whoever asked or is named does not countersign, and as many are needed as for one access there', async () => {
  const { id, details } = await asked({ people: [erin, bob] });
  expect(details.approvers).not.toContain('bob');
  expect(await votes(id, 'bob')).toBe('window.named_one_votes');
  expect(await votes(id, 'alice')).toBe('window.requester_votes');
  expect(await votes(id, 'erin')).toMatch(/named_one_votes|not_an_approver/);
  expect(await votes(id, 'cat')).toBe('ok');
  expect((await readWindow(id)).state).toBe('open');
  // Bob approves here, and is let in all the same: by Cat's word, not by his own.
  expect((await elevated(bob)).details.window?.approvers).toEqual(['cat']);
});

it('stages decide on a window in turn, as on one access there', async () => {
  const { id } = await asked({ people: [erin], scopes: ['export-orders'], longestMinutes: 30 });
  expect(await votes(id, 'dan')).toBe('window.not_your_turn');
  expect(await votes(id, 'bob')).toBe('ok');
  expect((await readWindow(id)).state).toBe('pending');
  expect(await votes(id, 'cat')).toBe('window.not_your_turn');
  expect(await votes(id, 'dan')).toBe('ok');
  expect((await elevated(erin, { scope: 'export-orders' })).details.window?.approvers).toEqual([
    'bob',
    'dan',
  ]);
});

it('refused when asked for: what cannot be undone, billing, other systems than those that allow it, and secrets', async () => {
  const code = async (over: Asked) => {
    const outcome = await asking(over);
    return outcome.ok ? 'asked' : outcome.code;
  };
  expect(await code({ scopes: ['purge-orders'], longestMinutes: 10 })).toBe('window.never_such_scopes');
  expect(await code({ scopes: ['read-orders', 'nothing'] })).toBe('window.scope_unknown');
  expect(
    await code({ people: [bob], system: 'secrets-vault', scopes: ['rotate-secrets'], longestMinutes: 30 }),
  ).toBe('window.not_enabled');
  expect(await code({ endsAt: addDays(gate.clock.now(), 8).toISOString() })).toBe('window.end_far');
  expect(await code({ people: [dan] })).toBe('window.people_not_eligible');
  expect(await code({ scopes: ['read-orders', 'export-orders'], longestMinutes: 30 })).toBe(
    'window.scopes_differ',
  );
  expect(await code({ reason: 'password="hunter2hunter2"' })).toBe('window.reason_holds_secret');
});

it('as shipped no system has one', () => {
  const { organisation } = readPolicyFiles(resolve(import.meta.dirname, '../../policies'), connectorKinds);
  expect(organisation.systems.filter((system) => system.windows !== undefined)).toEqual([]);
});

it('what the organisation has made destructive, or no longer allows, since is asked of people and withdrawn where it has not begun', async () => {
  await opened();
  const waiting = await elevated(erin);
  const destructive = await underOrganisation((organisation) => ({
    ...organisation,
    systems: organisation.systems.map((system) => ({
      ...system,
      scopes: system.scopes.map((scope) => ({ ...scope, destructive: true })),
    })),
  }));
  const withdrawn = await underOrganisation((organisation) => ({
    ...organisation,
    systems: organisation.systems.map(({ windows: _none, ...system }) => system),
  }));
  expect((await elevated(erin, { in: destructive })).state).toBe('pending');
  expect((await elevated(erin, { in: withdrawn })).state).toBe('pending');
  expect(await carryOut(waiting.id, destructive)).toBe('denied');
});

it('a scope that gives more since is not what was countersigned', async () => {
  await opened();
  const wider = await underOrganisation((organisation) => ({
    ...organisation,
    systems: organisation.systems.map((system) => ({
      ...system,
      scopes: system.scopes.map((scope) =>
        scope.id === 'read-orders'
          ? { ...scope, privileges: [...scope.privileges, 'SELECT ON TABLE shop.customers'].toSorted() }
          : scope,
      ),
    })),
  }));
  expect((await elevated(erin, { in: wider })).state).toBe('pending');
});

it('while Slack cannot say who is still here people are asked, and a departed approver vouches for nobody', async () => {
  await opened();
  const silent: VerbContext = {
    ...context,
    directory: {
      standing: () => Promise.reject(new CountersignError('directory_unreachable', 'Slack is away.')),
    },
  };
  expect((await elevated(erin, { in: silent })).state).toBe('pending');
  const left: VerbContext = {
    ...context,
    directory: { standing: async (who) => (who === 'bob' ? 'deactivated' : 'active') },
  };
  expect((await elevated(erin, { in: left })).state).toBe('pending');
  expect((await elevated(erin)).state).toBe('approved');
});

const [eve, fay] = [KEEPERS[0] ?? dan, KEEPERS[1] ?? dan];

async function frozen(whom: PrincipalId): Promise<void> {
  const outcome = await freeze(context, { by: eve, input: randomUUID(), person: whom, reason: '' });
  expect(outcome.ok).toBe(true);
  await relayStops(gate);
  const [one] = (await freezesInForce(context)).filter(({ subject }) => subject === whom);
  if (one !== undefined) await freezes.onDue(context, one);
  await relayStops(gate);
  await relayStops(gate);
}

async function thawed(whom: PrincipalId): Promise<void> {
  for (const by of [eve, fay]) {
    const [one] = (await freezesInForce(context)).filter(({ subject }) => subject === whom);
    if (one !== undefined) await lift(context, one.id, { by, input: randomUUID(), seal: one.details.seal });
  }
}

it('a named person who was frozen has no part in it any more, lifted or not; the others do', async () => {
  await opened();
  await frozen(erin);
  expect(await elevating(erin)).toMatchObject({ ok: false, code: 'elevation.inactive_actor' });
  await thawed(erin);
  expect((await elevated(erin)).state).toBe('pending');
  expect((await elevated(person('grace'))).state).toBe('approved');
});

it('with an approver of it frozen it is closed, and what it let through ends: nobody else ever looked at that', async () => {
  const { id } = await opened();
  const [waiting, running] = [await elevated(erin), await elevated(person('grace'))];
  expect(await carryOut(running.id)).toBe('executing');
  await frozen(bob);
  expect(await readWindow(id)).toMatchObject({ state: 'closed', details: { closed: { by: 'keeper-1' } } });
  expect((await readElevation(context, waiting.id)).state).toBe('denied');
  expect((await readElevation(context, running.id)).state).toBe('ending');
  expect((await elevated(erin)).state).toBe('pending');
  await thawed(bob);
  expect((await elevated(erin)).state).toBe('pending');
});

it('a recall of who countersigned it ends it and what it let through, used up or not', async () => {
  const { id } = await opened({ uses: 1 });
  const running = await elevated(erin);
  expect((await readWindow(id)).state).toBe('used_up');
  await carryOut(running.id);
  const since = new Date(gate.clock.now().getTime() - 60_000);
  expect(await recall(context, { by: eve, input: randomUUID(), person: bob, since })).toMatchObject({
    ok: true,
  });
  await relayStops(gate);
  await relayStops(gate);
  expect((await readWindow(id)).state).toBe('closed');
  expect((await readElevation(context, running.id)).state).toBe('ending');
});

// What code running as the app could try.

const write = (over: Partial<Commit>) =>
  commit(context.store, {
    tenant,
    at: gate.clock.now(),
    decision: oblige({ rule: 'test.forged', message: 'Forged.', basis: null }),
    event: { type: 'elevation.requested', requestId: null, actor: erin },
    changes: [],
    ...over,
  });

/** An access of Erin's as a window's use stores it, with changes. */
async function forgery(windowId: string, over: Partial<Elevation['details']> = {}, by = erin) {
  const model = (await elevated(person('alice'))).details;
  const id = newRequestId();
  const pointing = {
    id: RequestId.parse(windowId),
    number: 1,
    seal: model.seal,
    approvers: [bob],
    usesLeft: 9,
  };
  const details = { ...model, approvalsNeeded: 1, window: pointing, ...over };
  const change = {
    id,
    capability: 'elevation',
    requester: by,
    subject: by,
    from: null,
    to: { state: 'approved', details, dueAt: gate.clock.now() },
  };
  return { id, changes: [change] };
}

it('rule 1: the database lets nothing through by a window that is not there, or that does not count it', async () => {
  const real = await opened();
  for (const windowId of [newRequestId(), (await elevated(erin)).id, real.id]) {
    const { changes } = await forgery(windowId);
    await expect(write({ changes })).rejects.toMatchObject({ code: 'CS009' });
  }
  const { id, changes } = await forgery(newRequestId());
  expect(await write({ changes, use: { window: newRequestId(), request: id } })).toMatchObject({
    code: 'window_closed',
  });
});

it('rule 1: nor by one that does not cover it, is not open, or is used for another request', async () => {
  const real = await opened();
  const uses = async (over: Partial<Elevation['details']>, by = erin) => {
    const { id, changes } = await forgery(real.id, over, by);
    const outcome = await write({ changes, use: { window: real.id, request: id } });
    return outcome.ok ? 'ok' : outcome.code;
  };
  expect(await uses({ scope: 'purge-orders' })).toBe('window_closed');
  expect(await uses({ privileges: ['DELETE ON TABLE shop.orders'] })).toBe('window_closed');
  expect(await uses({ system: 'billing' })).toBe('window_closed');
  expect(await uses({ durationMinutes: 61 })).toBe('window_closed');
  expect(await uses({}, person('alice'))).toBe('window_closed');
  await expect(uses({ approvalsNeeded: 2 })).rejects.toMatchObject({ code: 'CS009' });
  const { changes } = await forgery(real.id);
  const old = await elevated(person('alice'));
  expect(await write({ changes, use: { window: real.id, request: old.id } })).toMatchObject({
    code: 'window_closed',
  });
  await close(context, real.id, { by: bob, input: randomUUID() });
  expect(await uses({})).toBe('window_closed');
});

it("rule 1: a window's terms and uses are rewritten by nobody, and none opens without its votes", async () => {
  const { id, requester, state, version, details, dueAt } = await opened({ uses: 1 });
  await elevated(erin);
  const move = (from: { state: string; version: number } | null, to: Partial<Details>, next = 'open') => ({
    id: from === null ? newRequestId() : id,
    capability: 'window',
    requester,
    subject: requester,
    from,
    to: { state: next, details: { ...details, ...to }, dueAt },
  });
  const now = await readWindow(id);
  const at = { state: now.state, version: now.version };
  const more = { terms: { ...details.terms, uses: 100 }, used: now.details.used };
  for (const changes of [[move(at, more)], [move(at, { used: [] })], [move({ state, version }, {})]])
    expect(await write({ changes })).toMatchObject({ code: 'lost_race' });
  await expect(write({ changes: [move(null, {})] })).rejects.toMatchObject({ code: 'CS009' });
});
