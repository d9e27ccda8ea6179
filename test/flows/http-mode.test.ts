import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { formBody, freePort, type Signed, signDelivery, waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { eventOf, events, ours, termsOf } from './evidence.js';

const APPROVE = 'elevation.approve';
const FORM = 'application/x-www-form-urlencoded';

let house: TestHouse;

beforeAll(async () => {
  house = await startTestHouse({ slackMode: 'http' });
});
afterAll(() => house.stop(), 60_000);

const Refusal = z.looseObject({ error: z.string().exactOptional() });

async function send(signed: Signed, headers: Record<string, string> = {}) {
  const answer = await fetch(`${house.house.httpUrl}/slack/events`, {
    method: 'POST',
    headers: { ...signed.headers, ...headers },
    body: signed.body,
  });
  const body = await answer.text();
  return { status: answer.status, error: body === '' ? undefined : Refusal.parse(JSON.parse(body)).error };
}

/** A click as Slack would deliver it, made by hand so that a test can send it twice, late or forged. */
function click(card: Message, by: string, trigger: string): string {
  const { id, seal } = termsOf(card);
  return formBody('interactive', {
    type: 'block_actions',
    team: { id: house.house.tenant },
    user: { id: house.account(by) },
    trigger_id: trigger,
    container: { type: 'message', channel_id: REQUESTS, message_ts: card.ts, is_ephemeral: false },
    channel: { id: REQUESTS },
    actions: [{ type: 'button', action_id: APPROVE, block_id: 'b', value: `${id}:${seal}` }],
  });
}

const sign = (body: string, over: { signingSecret?: string; at?: Date } = {}): Signed =>
  signDelivery({ signingSecret: house.house.secrets.slack.signingSecret, body, contentType: FORM, ...over });

const stateOf = async (card: Message) =>
  (await ours(house, 'SELECT state, version FROM gate.request WHERE id = $1', [termsOf(card).id]))[0];

it('an elevation goes the whole way over signed HTTP deliveries', { timeout: 120_000 }, async () => {
  const card = await house.ask('alice', 'orders-db read-orders 15m INC-1 over http');
  await house.slack.click(house.account('alice'), card, APPROVE);
  await house.slack.waitForEphemeral(house.account('alice'), REQUESTS, (message) =>
    textOf(message).includes('somebody else has to decide'),
  );
  await house.slack.click(house.account('bob'), card, APPROVE);
  const live = await house.cardSaying(card, 'Access until');
  expect(await house.credential('alice', live)).toMatch(/^postgresql:\/\//);
  await house.slack.click(house.account('alice'), live, 'elevation.end_now');
  await house.cardSaying(card, 'Proved gone at the target');
});

it('a forged, late, future-dated or replayed delivery is refused with 401 and changes nothing', {
  timeout: 120_000,
}, async () => {
  const card = await house.ask('alice', 'orders-db purge-orders 15m INC-2 attacked');
  const body = click(card, 'bob', 'trigger-attack');
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);
  const good = sign(body);
  await waitUntil(
    'all that happened so far is in the ledger',
    async () => (await ours(house, 'SELECT FROM ledger.ledger_inbox')).length === 0,
    PATIENCE,
  );
  const before = await events(house);

  expect(await send(sign(body, { signingSecret: 'another' }))).toEqual({
    status: 401,
    error: 'bad_signature',
  });
  expect(await send({ ...good, body: click(card, 'cat', 'trigger-attack') })).toEqual({
    status: 401,
    error: 'bad_signature',
  });
  expect(
    await send(good, { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000) + 1) }),
  ).toEqual({
    status: 401,
    error: 'bad_signature',
  });
  expect(await send(sign(body, { at: minutes(-6) }))).toEqual({ status: 401, error: 'too_late' });
  expect(await send(sign(body, { at: minutes(6) }))).toEqual({ status: 401, error: 'future_dated' });
  expect(await send({ ...good, headers: { 'content-type': FORM } })).toMatchObject({ status: 401 });
  expect(await stateOf(card)).toEqual({ state: 'pending', version: 1 });
  const unread = (all: typeof before) => all.filter((event) => event.type !== 'audit.read');
  expect(unread(await events(house))).toEqual(unread(before));

  expect(await send(good)).toMatchObject({ status: 200 });
  expect(await send(good)).toEqual({ status: 401, error: 'replayed' });
  await waitUntil('the vote', async () => (await stateOf(card))?.['version'] !== 1, PATIENCE);
  expect(await stateOf(card)).toEqual({ state: 'pending', version: 2 });
});

it('one delivery sent again with retry headers and a new signature is answered once', {
  timeout: 120_000,
}, async () => {
  const card = await house.ask('alice', 'orders-db purge-orders 15m INC-3 redelivered');
  const body = click(card, 'bob', 'trigger-again');
  // Slack signs to the second: two of one second would be one signature.
  const first = Date.now();
  const answers = [
    await send(sign(body, { at: new Date(first) })),
    await send(sign(body, { at: new Date(first - 1_000) }), {
      'x-slack-retry-num': '1',
      'x-slack-retry-reason': 'http_timeout',
    }),
    await send(sign(body, { at: new Date(first - 2_000) }), {
      'x-slack-retry-num': '2',
      'x-slack-retry-reason': 'http_timeout',
    }),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  const { id } = termsOf(card);
  await eventOf(house, { request: id, type: 'elevation.vote_cast' });
  expect((await events(house, { request: id })).map((event) => event.type)).toEqual([
    'elevation.requested',
    'elevation.vote_cast',
  ]);
});

it("a delivery from another workspace is a stranger's, whoever it names", { timeout: 120_000 }, async () => {
  const card = await house.ask('alice', 'orders-db read-orders 15m INC-4 another workspace');
  const body = click(card, 'bob', 'trigger-elsewhere').replace(house.house.tenant, 'T99ELSEWHERE');
  expect(await send(sign(body))).toMatchObject({ status: 200 });
  await eventOf(house, { type: 'slack.stranger_refused' });
  expect(await stateOf(card)).toEqual({ state: 'pending', version: 1 });
});

it('two apps: each delivery is carried out once, and the replay of one at the other is refused', {
  timeout: 120_000,
}, async () => {
  const port = await freePort();
  const second = house.house.addProcess('app', { HTTP_PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(
    'the second app',
    async () => (await fetch(`${url}/healthz`).catch(() => null))?.ok,
    PATIENCE,
  );
  const card = await house.ask('alice', 'orders-db purge-orders 15m INC-5 two apps');
  const signed = sign(click(card, 'bob', 'trigger-two'));
  const answers = await Promise.all(
    [house.house.httpUrl, url].map((at) =>
      fetch(`${at}/slack/events`, { method: 'POST', headers: signed.headers, body: signed.body }),
    ),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401]);
  await eventOf(house, { request: termsOf(card).id, type: 'elevation.vote_cast' });
  await second.stop();
});

it('every call to Slack kept its limits', () => {
  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
});
