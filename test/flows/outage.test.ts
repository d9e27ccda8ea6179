import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProcessName } from '../../scripts/demo/processes.js';
import { startCluster } from '../../scripts/lib/embedded-postgres.js';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { freePort, waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { eventOf, events, logIn, ours, termsOf, traces, verifyOverHttp } from './evidence.js';

const APPROVE = 'elevation.approve';
const MINUTE = 60_000;

/** How long a process may take to start on a busy machine. */
const START = 60_000;

let house: TestHouse;

beforeAll(async () => {
  house = await startTestHouse();
});
afterAll(() => house.stop(), 60_000);

/** `kill -9`, then waits for what the supervisor starts in its place. */
async function restart(...names: ProcessName[]): Promise<void> {
  const { processes, httpUrl, workspace } = house.house;
  const before = names.map((name) => processes[name].pid);
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await waitUntil(
    'new processes',
    () => names.every((name, at) => processes[name].pid !== before[at]),
    PATIENCE,
  );
  await waitUntil(
    'the app to answer again',
    async () =>
      (await fetch(`${httpUrl}/healthz`).catch(() => null))?.ok && workspace.proxy.connections() > 0,
    START,
  );
  await house.untilAnswered();
}

it('rule 12: with app, worker, sequencer and our database stopped, an open session still dies at its signed end', {
  timeout: 120_000,
}, async () => {
  const card = await house.granted('alice', 'orders-db read-orders 5m INC-1 everything else is down', 'cat');
  const uri = await house.credential('alice', card);
  const session = await logIn(uri);
  const { processes, ours: cluster, secrets } = house.house;
  const stopped = [processes.app.pid, processes.worker.pid, processes.sequencer.pid];
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  await cluster.kill();
  expect(await session.run('SELECT 1 AS alive')).toEqual([{ alive: 1 }]);

  house.passTime(6 * MINUTE);
  await session.died();
  await waitUntil(
    'the account is gone',
    async () => (await traces(house, new URL(uri).username)).length === 0,
    PATIENCE,
  );

  await startCluster({ dataDir: cluster.dataDir, port: cluster.port, password: secrets.ours });
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  await house.untilAnswered();
  await house.cardSaying(card, 'Proved gone at the target');
  expect(
    (await eventOf(house, { request: termsOf(card).id, type: 'elevation.ended' })).decision?.effect,
  ).toBe('oblige');
});

it('rule 14: what is decided while Slack takes no messages stands at once and is shown when it does, once', {
  timeout: 120_000,
}, async () => {
  const { faults } = house.house.workspace.proxy;
  const card = await house.ask('alice', 'orders-db read-orders 30m INC-2 slack is away');
  const { id } = termsOf(card);
  await waitUntil('the thread', async () => (await threadOf(card)).length === 1, PATIENCE);
  for (const method of ['chat.postMessage', 'chat.update', 'conversations.open'])
    faults.add({ method, times: 10_000, status: 503 });
  await house.slack.click(house.account('bob'), card, APPROVE);
  await eventOf(house, { request: id, type: 'elevation.granted' });
  expect(textOf((await house.slack.messages(REQUESTS)).find((one) => one.ts === card.ts) ?? card)).toContain(
    APPROVE,
  );

  faults.clear();
  await house.cardSaying(card, 'Access until');
  await house.directSaying('alice', 'Access until');
  const lines = (await threadOf(card)).map(textOf);
  expect(lines.map((line) => line.includes('Nobody else needs to decide'))).toEqual([false, true]);
  expect(await copiesOf(id)).toEqual([card.ts]);
});

it('while Slack is away what waits is not timed out, ends happen in time, and messages catch up once each', {
  timeout: 180_000,
}, async () => {
  const { faults } = house.house.workspace.proxy;
  const waiting = await house.ask('alice', 'orders-db read-orders 30m INC-8 nobody can answer');
  const live = await house.granted('bob', 'orders-db read-orders 30m INC-8 runs out meanwhile', 'cat');
  const session = await logIn(await house.credential('bob', live));
  const [open, over] = [termsOf(waiting), termsOf(live)];
  faults.add({ method: '*', times: 1_000_000, status: 503 });
  await waitUntil('the outage is noted', async () => (await outages()).includes(null), PATIENCE);

  house.passTime(6 * 24 * 60 * MINUTE);
  await session.died();
  await eventOf(house, { request: over.id, type: 'elevation.ended' });
  const longer = await eventOf(house, { request: open.id, type: 'elevation.waited_longer' });
  expect(longer.decision?.rules).toEqual(['elevation.slack_was_away']);

  faults.clear();
  await house.cardSaying(live, 'Proved gone at the target');
  await waitUntil('the outage is over', async () => !(await outages()).includes(null), PATIENCE);
  await house.slack.click(house.account('bob'), waiting, APPROVE);
  await house.cardSaying(waiting, 'Access until');
  for (const [card, { id }] of [[waiting, open] as const, [live, over] as const]) {
    expect(await copiesOf(id)).toEqual([card.ts]);
    const texts = (await threadOf(card)).map(textOf);
    expect(new Set(texts).size).toBe(texts.length);
  }
  const number = /#(\d+)/.exec(textOf(live))?.[1];
  const told = (await house.slack.directMessages(house.account('bob'))).map(textOf);
  const outcomes = told.filter((text) => text.includes(`#${number}:`) && text.includes('Proved gone'));
  expect(outcomes).toHaveLength(1);
});

it('rule 14: a post whose answer was lost may stand twice; a click on the copy we did not know counts, and both show the outcome', {
  timeout: 120_000,
}, async () => {
  const { faults } = house.house.workspace.proxy;
  const before = new Set((await house.slack.messages(REQUESTS)).map((message) => message.ts));
  faults.add({ method: 'chat.postMessage', when: 'after', destroy: true });
  await house.ask('alice', 'orders-db read-orders 30m INC-3 the answer is lost');
  const copies = await waitUntil(
    'two copies of one card',
    async () => {
      const cards = (await house.slack.messages(REQUESTS)).filter(
        (message) => !before.has(message.ts) && textOf(message).includes(APPROVE),
      );
      return cards.length === 2 && cards;
    },
    PATIENCE,
  );
  const { id } = termsOf(copies[0] ?? fail());
  const known = await waitUntil('the note of the known one', async () => (await copiesOf(id))[0], PATIENCE);
  const unknown = copies.find((copy) => copy.ts !== known) ?? fail();
  await house.slack.click(house.account('bob'), unknown, APPROVE);
  for (const copy of copies) await house.cardSaying(copy, 'Access until');
  expect(await events(house, { request: id, type: 'elevation.approved' })).toHaveLength(1);
});

it('rule 14: a deleted message is posted anew, as the request is by then', { timeout: 120_000 }, async () => {
  const { workspace, secrets } = house.house;
  const card = await house.ask('alice', 'orders-db read-orders 30m INC-4 somebody deletes this');
  const { id, seal } = termsOf(card);
  const before = new Set((await house.slack.messages(REQUESTS)).map((message) => message.ts));
  await fetch(`${workspace.proxy.apiUrl}chat.delete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.slack.botToken}` },
    body: JSON.stringify({ channel: REQUESTS, ts: card.ts }),
  });
  await house.slack.forgeClick(house.account('bob'), card, { action_id: APPROVE, value: `${id}:${seal}` });
  const anew = await house.slack.waitForMessage(
    REQUESTS,
    (message) => !before.has(message.ts) && message.thread_ts === undefined,
    PATIENCE,
  );
  await house.cardSaying(anew, 'Access until');
  expect((await house.slack.messages(REQUESTS)).some((message) => message.ts === card.ts)).toBe(false);
});

it('rule 17: a process whose files differ runs on the applied rules and alarms; of two apps each delivery reaches one', {
  timeout: 120_000,
}, async () => {
  const policies = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
  cpSync(resolve(import.meta.dirname, '../../policies'), policies, { recursive: true });
  const file = join(policies, 'systems', 'orders-db.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('maximumMinutes: 240', 'maximumMinutes: 40000'));
  const port = await freePort();
  const strayed = house.house.addProcess('app', { POLICIES_DIR: policies, HTTP_PORT: String(port) });
  try {
    const answer = await waitUntil(
      'the other app',
      () => fetch(`http://127.0.0.1:${port}/v1/policy`).catch(() => null),
      START,
    );
    expect(await answer.json()).toMatchObject({ digest: house.house.files.digest });
    await waitUntil('the alarm', () => logOf('app').includes('policy.files_differ'), PATIENCE);
    await waitUntil('both apps', () => house.house.workspace.proxy.connections() === 2, START);
    for (const words of ['too long for one', 'too long for the other']) await refusedAsTooLong(words);
    const { id } = termsOf(
      await house.granted('alice', 'orders-db read-orders 15m INC-9 two apps at once', 'cat'),
    );
    expect((await events(house, { request: id })).map((event) => event.type)).toEqual([
      'elevation.requested',
      'elevation.approved',
      'elevation.released',
      'elevation.granted',
    ]);
  } finally {
    await strayed.stop();
    rmSync(policies, { recursive: true });
  }
});

it('rule 2: a corrupt policy denies every beginning and delays no ending', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  const given = await house.granted('alice', 'orders-db read-orders 60m INC-5 will be given back', 'cat');
  const left = await house.granted('bob', 'orders-db read-orders 30m INC-6 will run out', 'cat');
  const uris = [await house.credential('alice', given), await house.credential('bob', left)];
  const [early, late] = await Promise.all(uris.map(logIn));

  // A worker killed while it posts holds what it posts for a minute of our clock.
  await nothingToPost();
  await tamperWithRules('bundle = set_byte(bundle, 5000, get_byte(bundle, 5000) # 1)');
  const open = async () => {
    await slack.command(alice, REQUESTS, '/elevate orders-db read-orders 15m INC-7 may not begin');
    await slack.waitForModal(alice, 'elevation.ask');
  };
  expect(Object.values(await house.errorsUnder('alice', { open })).join()).toContain(
    'Access rules cannot be read',
  );
  expect(logOf('app')).toContain('policy.digest_mismatch');
  slack.cancel(alice);
  await slack.waitForNoModal(alice);
  await slack.click(alice, given, 'elevation.end_now');
  await early?.died();
  await house.cardSaying(given, 'Proved gone at the target');

  house.passTime(35 * MINUTE);
  await late?.died();
  await house.cardSaying(left, 'Proved gone at the target');
  for (const uri of uris) expect(await traces(house, new URL(uri).username)).toEqual([]);
});

it('after all of it the ledger verifies and every call to Slack kept its limits', {
  timeout: 120_000,
}, async () => {
  expect(await verifyOverHttp(house)).toMatchObject({ ok: true, problems: [] });
  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
});

async function refusedAsTooLong(words: string): Promise<void> {
  const { slack } = house;
  const alice = house.account('alice');
  const open = async () => {
    await slack.command(alice, REQUESTS, `/elevate orders-db read-orders 500m ${words}`);
    await slack.waitForModal(alice, 'elevation.ask');
  };
  expect(await house.errorsUnder('alice', { open })).toEqual({ duration: 'Ask for at most 240 minutes.' });
  slack.cancel(alice);
  await slack.waitForNoModal(alice);
}

const logOf = (name: ProcessName): string => readFileSync(join(house.dataDir, 'logs', `${name}.log`), 'utf8');

const threadOf = async (card: Message): Promise<Message[]> =>
  (await house.slack.messages(REQUESTS)).filter(
    (message) => message.thread_ts === card.ts && message.ts !== card.ts,
  );

/** When each outage of Slack that was noted ended; null for one that goes on. */
const outages = async (): Promise<unknown[]> =>
  (await ours(house, 'SELECT ended_at FROM gate.outage')).map((row) => row['ended_at']);

/** Where the projector knows a request's card to stand. */
const copiesOf = async (id: string): Promise<string[]> =>
  (
    await ours(
      house,
      "SELECT ts FROM gate.projection WHERE request_id = $1 AND (surface = 'card' OR surface LIKE 'copy:%')",
      [id],
    )
  ).map((row) => String(row['ts']));

const nothingToPost = () =>
  waitUntil(
    'no message waits',
    async () =>
      (await ours(house, "SELECT FROM gate.outbox WHERE kind IN ('project', 'project_first', 'home')"))
        .length === 0,
    PATIENCE,
  );

/** As the superuser, past the trigger that keeps applied rules as they were; both gatekeepers start on what is left. */
async function tamperWithRules(assignment: string): Promise<void> {
  await ours(
    house,
    `ALTER TABLE gate.policy_apply DISABLE TRIGGER ALL; UPDATE gate.policy_apply SET ${assignment}`,
  );
  await restart('app', 'worker');
}

function fail(): never {
  throw new Error('a copy is missing');
}
