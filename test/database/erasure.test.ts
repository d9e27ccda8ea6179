import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cancel } from '../../src/capabilities/elevation/cancel.js';
import { deny as denyElevation } from '../../src/capabilities/elevation/deny.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import { story } from '../../src/capabilities/elevation/story.js';
import { storyBlocks } from '../../src/capabilities/elevation/story-modal.js';
import { approve } from '../../src/capabilities/erasure/approve.js';
import { deny } from '../../src/capabilities/erasure/deny.js';
import { erasure } from '../../src/capabilities/erasure/index.js';
import { requestErasure } from '../../src/capabilities/erasure/request.js';
import { Details } from '../../src/capabilities/erasure/schemas.js';
import { freeze } from '../../src/capabilities/freeze/freeze.js';
import { capabilities, type VerbContext } from '../../src/capabilities/index.js';
import { namesOf } from '../../src/capabilities/names.js';
import { judge } from '../../src/capabilities/recall/judge.js';
import { recall } from '../../src/capabilities/recall/recall.js';
import { systemClock } from '../../src/core/clock.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import { replayRequest } from '../../src/edges/http/replay.js';
import { checkpointKeysOf, fileMemory, startSequencer, verifyLedger } from '../../src/ledger/index.js';
import { readRequest, type StoredRequest } from '../../src/store/index.js';
import { until } from '../ledger/harness.js';
import { type Glass, openGlass } from './break-glass-use.js';
import { KEEPERS, person, readElevation, relayStops, tenant } from './gatekeeper.js';

const MINUTE = 60_000;
const [alice, bob, cat, dan] = [person('alice'), person('bob'), person('cat'), person('dan')];
const [erin, frank, grace] = [person('erin'), person('frank'), person('grace')];
const [eve, fay] = [KEEPERS[0] ?? dan, KEEPERS[1] ?? dan];

let gate: Glass;
let admin: pg.Pool;
let memory: string;
let sequencer: ReturnType<typeof startSequencer>;

beforeAll(async () => {
  gate = await openGlass();
  admin = new pg.Pool({ connectionString: gate.database.urls.admin, max: 2, options: '-c TimeZone=UTC' });
  memory = mkdtempSync(join(tmpdir(), 'erasure-'));
  sequencer = startSequencer({
    databaseUrl: gate.database.urls.sequencer,
    clock: systemClock,
    pollMilliseconds: 5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    keys: checkpointKeysOf(generateKeyPairSync('ed25519').privateKey),
    memory: fileMemory(memory),
  });
});
afterAll(async () => {
  await sequencer.stop();
  await admin.end();
  await gate.close();
  rmSync(memory, { recursive: true });
});

const by = (who: PrincipalId) => ({ by: who, input: randomUUID() });

async function elevates(who: PrincipalId, reason: string): Promise<RequestId> {
  const asked = { system: 'orders-db', scope: 'read-orders', durationMinutes: 15, reason };
  const done = await requestElevation(gate.context, { ...by(who), asked });
  if (!done.ok) throw new Error(done.message);
  return done.value.id;
}

async function denies(who: PrincipalId, id: RequestId, reason: string): Promise<void> {
  const { seal } = (await readElevation(gate.context, id)).details;
  expect(await denyElevation(gate.context, id, { ...by(who), seal, reason })).toMatchObject({ ok: true });
}

const asks = (who: PrincipalId, whom: PrincipalId | null, reason = 'left, and asks for it') =>
  requestErasure(gate.context, { ...by(who), person: whom, reason });

async function asked(who: PrincipalId, whom: PrincipalId, reason?: string): Promise<RequestId> {
  const done = await asks(who, whom, reason);
  if (!done.ok) throw new Error(done.message);
  return done.value.id;
}

async function read(id: RequestId): Promise<StoredRequest> {
  const request = await readRequest(gate.context.store, tenant, id);
  if (request === null) throw new Error(`${id} is not there`);
  return request;
}

const sealOf = async (id: RequestId): Promise<string> => Details.parse((await read(id)).details).seal;

const agrees = async (who: PrincipalId, id: RequestId) =>
  approve(gate.context, id, { ...by(who), seal: await sealOf(id) });

/** The step that is due, once its time has come. */
async function due(id: RequestId, context: VerbContext = gate.context): Promise<string> {
  gate.clock.advance(61 * MINUTE);
  await erasure.onDue(context, await read(id));
  return (await read(id)).state;
}

const waitsFor = async (id: RequestId) =>
  erasure
    .surfaces(await read(id), namesOf(gate.context.policy.organisation))
    .find(({ name }) => name === 'card')?.text;

/** Every row of every table of ours that holds these words, in clear or as bytes. */
async function holding(words: string): Promise<string[]> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('gate', 'ledger', 'doer')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await admin.query(
      `SELECT FROM ${name} AS x WHERE position($1 IN x::text) + position($2 IN x::text) > 0`,
      [words, Buffer.from(words).toString('hex')],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

const drained = () =>
  until(async () => (await admin.query('SELECT FROM ledger.ledger_inbox LIMIT 1')).rowCount === 0);

async function verified() {
  await drained();
  const { subjectKeys } = gate.context.store;
  return verifyLedger(admin, tenant, { subjectKeys });
}

const keyOf = async (who: PrincipalId) => {
  const { store } = gate.context;
  return store.subjectKeys.find(await store.pseudonyms.of(tenant, who));
};

const entries = async (type: string): Promise<number> => {
  await drained();
  const { rowCount } = await admin.query(
    `SELECT FROM ledger.ledger_entry WHERE position(convert_to($1, 'UTF8') IN entry) > 0`,
    [`"type":"${type}"`],
  );
  return rowCount ?? 0;
};

it('what a person wrote, and what others wrote to them, is gone everywhere; what others asked for stays', async () => {
  const own = await elevates(alice, 'my MIGRAINE is back');
  await denies(bob, own, 'rest, SORROWFUL friend');
  const others = await elevates(erin, 'erin has REASONS');
  await denies(bob, others, 'no, says bob');
  const theirs = await elevates(bob, 'bob has REASONS');
  await denies(cat, theirs, 'cat is in a MOOD');
  await drained();

  for (const [whom, words] of [
    [alice, ['MIGRAINE', 'SORROWFUL']],
    [cat, ['MOOD']],
  ] as const) {
    for (const word of words) expect(await holding(word)).not.toEqual([]);
    const id = await asked(dan, whom, `${whom} WANTSTHIS`);
    expect(await agrees(eve, id)).toMatchObject({ ok: true });
    expect(await due(id)).toBe('executing');
    expect(await due(id)).toBe('erased');
    for (const word of [...words, 'WANTSTHIS']) expect(await holding(word)).toEqual([]);
    expect(await keyOf(whom)).toBeNull();
  }

  expect(await keyOf(bob)).not.toBeNull();
  expect((await readElevation(gate.context, theirs)).details).toMatchObject({
    reason: 'bob has REASONS',
    decided: { by: 'cat', reason: 'erased' },
  });
  expect((await readElevation(gate.context, own)).details).toMatchObject({
    reason: 'erased',
    decided: { by: 'bob', reason: 'erased' },
  });
  expect((await readElevation(gate.context, own)).votes).toMatchObject([{ reason: 'erased' }]);
  const { rows } = await admin.query(
    'SELECT FROM gate.outbox WHERE request_id = $1 AND kind = $2 AND created_at = $3',
    [own, 'project', (await read(own)).updatedAt],
  );
  expect(rows).toHaveLength(1);
  expect(await verified()).toMatchObject({ ok: true, problems: [] });

  const told = await story(gate.context, own, by(dan));
  if (!told.ok) throw new Error(told.message);
  expect(JSON.stringify(storyBlocks(gate.context, told.value.request, told.value.events))).toContain(
    'erased',
  );
  const replayed = await replayRequest(admin, tenant, own);
  expect(new Set(replayed.map(({ verdict }) => verdict))).toEqual(new Set(['input_gone']));
  const kept = (await replayRequest(admin, tenant, others)).map(({ verdict }) => verdict);
  expect(kept).not.toContain('input_gone');
});

it('who was erased may write again, under a new key, and is erased again', async () => {
  const again = await elevates(alice, 'NOVEL words');
  await drained();
  expect(await keyOf(alice)).not.toBeNull();
  await denies(bob, again, 'no');
  const id = await asked(fay, alice);
  await agrees(dan, id);
  await due(id);
  expect(await due(id)).toBe('erased');
  expect(await holding('NOVEL')).toEqual([]);
  expect(await verified()).toMatchObject({ ok: true, problems: [] });
});

it('two of security: not the asker, not the person, nobody else, not the app, and not the worker by itself', async () => {
  const code = async (answer: Promise<{ ok: boolean; code?: string }>) => (await answer).code;
  expect(await code(asks(bob, alice))).toBe('erasure.not_security');
  expect(await code(asks(dan, dan))).toBe('erasure.oneself');
  expect(await code(asks(dan, null))).toBe('erasure.subject_unknown');
  expect(await code(asks(dan, person('svc-deploy')))).toBe('erasure.subject_service');
  expect(await code(asks(dan, bob, '  '))).toBe('erasure.reason_unfit');

  const id = await asked(dan, eve);
  expect(await code(asks(fay, eve))).toBe('erasure.already_asked');
  expect(await code(agrees(dan, id))).toBe('erasure.own_request');
  expect(await code(agrees(eve, id))).toBe('erasure.oneself');
  expect(await code(agrees(bob, id))).toBe('erasure.not_security');
  expect(await code(approve(gate.context, id, { ...by(fay), seal: 'f'.repeat(64) }))).toBe(
    'erasure.seal_changed',
  );

  const forged = (await read(id)).details;
  for (const [login, code] of [
    ['app', 'CS008'],
    ['worker', 'CS009'],
  ] as const)
    await expect(erasesAs(gate.database.urls[login], id, forged)).rejects.toMatchObject({ code });
  expect(
    await deny(gate.context, id, { ...by(dan), seal: await sealOf(id), reason: 'a mistake' }),
  ).toMatchObject({ ok: true });
  expect(await code(agrees(fay, id))).toBe('already_resolved');
});

it('it waits, and says for what: open requests, justification and review, a recall, a legal hold', async () => {
  const open = await elevates(bob, 'still WAITING');
  const use = await gate.opens(cat);
  const number = async (id: RequestId) => (await read(id)).number;
  const { justification, review } = (await gate.readUse(use)).details;

  const glass = await asked(dan, cat);
  await agrees(eve, glass);
  expect(await due(glass)).toBe('approved');
  expect(await waitsFor(glass)).toContain(
    `use #${await number(use)}, justification #${await number(justification)}, review #${await number(review)}`,
  );

  const id = await asked(dan, bob);
  await agrees(eve, id);
  expect(await due(id)).toBe('approved');
  expect(await waitsFor(id)).toContain(`elevation #${await number(open)}`);
  await cancel(gate.context, open, by(bob));
  const called = await recall(gate.context, {
    ...by(fay),
    person: bob,
    since: new Date(gate.clock.now().getTime() - 1_000 * MINUTE),
  });
  if (!called.ok) throw new Error(called.message);
  await admin.query(`INSERT INTO ledger.ledger_hold VALUES ($1, 'case 7', now())`, [tenant]);
  expect(await due(id)).toBe('approved');
  expect(await waitsFor(id)).toContain(`recall #${called.value.number}, legal hold`);
  expect(await holding('WAITING')).not.toEqual([]);

  await admin.query('DELETE FROM ledger.ledger_hold');
  await judgesAll(called.value.number);
  expect(await due(id)).toBe('executing');
  await admin.query(`INSERT INTO ledger.ledger_hold VALUES ($1, 'case 8', now())`, [tenant]);
  expect(await due(id)).toBe('approved');
  expect(await keyOf(bob)).not.toBeNull();
  await admin.query('DELETE FROM ledger.ledger_hold');
  expect(await due(id)).toBe('executing');
  expect(await due(id)).toBe('erased');
  expect(await holding('WAITING')).toEqual([]);
});

it('a process killed at any line repeats it, what opens meanwhile sends it back, and it happens once', async () => {
  await denies(bob, await elevates(grace, 'PRIVATE matter'), 'no');
  const before = await entries('erasure.erased');
  const id = await asked(dan, grace);
  await agrees(eve, id);
  await due(id);

  await expect(due(id, dyingAfterKey())).rejects.toThrow('killed');
  expect(await keyOf(grace)).toBeNull();
  expect((await read(id)).state).toBe('executing');
  const late = await elevates(grace, 'opened MEANWHILE');
  expect(await due(id)).toBe('approved');
  expect(await waitsFor(id)).toContain(`elevation #${(await read(late)).number}`);
  await cancel(gate.context, late, by(grace));

  await due(id);
  await expect(due(id, dyingAfterKey())).rejects.toThrow('killed');
  const executing = await read(id);
  await Promise.all([1, 2, 3].map(() => erasure.onDue(gate.context, executing)));
  await erasure.onDue(gate.context, executing);
  expect((await read(id)).state).toBe('erased');
  expect(await entries('erasure.erased')).toBe(before + 1);
  for (const word of ['PRIVATE', 'MEANWHILE']) expect(await holding(word)).toEqual([]);
  expect(await verified()).toMatchObject({ ok: true, problems: [] });
});

it('rule 4: who lost the power since stands behind nothing; an incident stops an erasure, and leaving does not', async () => {
  const lapsed = await asked(dan, frank);
  await agrees(eve, lapsed);
  await freeze(gate.context, { ...by(fay), person: eve, reason: 'stolen laptop' });
  const cast = (await read(lapsed)).votes[0]?.id ?? '';
  const approved = await read(lapsed);
  await erasure.unvote?.(gate.context, approved, { vote: cast, because: { reason: 'frozen', by: fay } });
  expect(await read(lapsed)).toMatchObject({ state: 'pending', votes: [] });
  await agrees(fay, lapsed);
  const nobody = { ...gate.context, directory: { standing: async () => 'deactivated' as const } };
  expect(await due(lapsed, nobody)).toBe('denied');

  const stopped = await asked(dan, bob);
  await freeze(gate.context, { ...by(fay), person: bob, reason: 'suspect' });
  await relayStops({ ...gate, close: gate.close });
  expect((await read(stopped)).state).toBe('denied');

  const left = await asked(dan, erin);
  const frozen = capabilities.find(({ freeze: takes }) => takes !== null);
  await frozen?.freeze?.(gate.context, {
    person: erin,
    because: { reason: 'deactivated', by: null },
  });
  await relayStops({ ...gate, close: gate.close });
  expect(await agrees(fay, left)).toMatchObject({ ok: true });
  expect(await due(left)).toBe('executing');
  expect(await due(left)).toBe('erased');
});

it('nobody answers in a week: it is closed, and may be asked again', async () => {
  const id = await asked(dan, frank);
  gate.clock.advance(7 * 24 * 60 * MINUTE);
  expect(await due(id)).toBe('timed_out');
  expect(await asks(dan, frank)).toMatchObject({ ok: true });
});

/** A worker that dies once the key is gone and nothing else is. */
const dyingAfterKey = (): VerbContext => {
  const { store } = gate.context;
  const erase = async (pseudonym: string) => {
    await store.subjectKeys.erase(pseudonym);
    throw new Error('killed');
  };
  return { ...gate.context, store: { ...store, subjectKeys: { ...store.subjectKeys, erase } } };
};

async function judgesAll(number: number): Promise<void> {
  const { rows } = await admin.query<{ id: RequestId; item: number }>(
    `SELECT id, (jsonb_array_elements(details->'items')->>'number')::int AS item FROM gate.request WHERE number = $1`,
    [number],
  );
  for (const { id, item } of rows)
    expect(await judge(gate.context, id, { ...by(dan), number: item, as: 'accepted' })).toMatchObject({
      ok: true,
    });
}

/** What whoever owns a gatekeeper would send: an erasure nobody countersigned. */
async function erasesAs(url: string, id: RequestId, details: unknown): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { version } = await read(id);
  const change = {
    ...{ id, capability: 'erasure', requester: 'dan', subject: 'eve', parentId: null, dueAt: null },
    ...{ from: { state: 'pending', version }, state: 'erased', details },
  };
  const eventId = randomUUID();
  try {
    await client.query('SELECT gate.commit($1)', [
      JSON.stringify({
        ...{ tenant, at: gate.clock.now(), input: null, changes: [change], votes: [], voidVotes: [] },
        ...{
          take: [],
          release: [],
          receipt: null,
          use: null,
          apply: null,
          auditorTokens: [],
          revokeTokens: [],
        },
        ...{ erase: 'eve', effects: [] },
        events: [{ eventId, payload: `{"id":"${eventId}"}`, personal: [], policyInput: null }],
      }),
    ]);
  } finally {
    await client.end();
  }
}
