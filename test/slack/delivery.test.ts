import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { formBody, freePort, signDelivery, waitUntil } from '../harness/slack/index.js';
import {
  ALICE,
  BOB,
  exampleConfig,
  GENERAL,
  prefilledModal,
  startWorkspace,
  type Workspace,
} from './fixture.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function workspaceWith(options: Parameters<typeof startWorkspace>[0]): Promise<Workspace> {
  const workspace = await startWorkspace(options);
  cleanups.push(() => workspace.stop());
  return workspace;
}

const Envelope = z.looseObject({
  envelope_id: z.string(),
  retry_attempt: z.number().optional(),
  payload: z.looseObject({}),
});
type Envelope = z.infer<typeof Envelope>;

/** A bare Socket Mode connection that acknowledges when told to. */
async function connect({ proxy, config }: Workspace) {
  const opened = await fetch(`${proxy.apiUrl}apps.connections.open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${config.app.appToken}` },
  });
  const { url } = z.looseObject({ url: z.string() }).parse(await opened.json());
  const socket = new WebSocket(url);
  const received: Envelope[] = [];
  await new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const frame: unknown = JSON.parse(data.toString());
      const envelope = Envelope.safeParse(frame);
      if (envelope.success) received.push(envelope.data);
      else resolve();
    });
  });
  return {
    url,
    socket,
    received,
    ack: (envelope: Envelope | undefined) =>
      socket.send(JSON.stringify({ envelope_id: envelope?.envelope_id })),
  };
}

it('of two connections exactly one gets each envelope, in turn', async () => {
  const workspace = await workspaceWith({});
  const [one, two] = [await connect(workspace), await connect(workspace)];
  for (const each of [one, two]) each.socket.on('message', () => each.ack(each.received.at(-1)));
  for (let count = 1; count <= 6; count += 1)
    await workspace.slack.command(ALICE, GENERAL, `/count ${count}`);
  expect([one.received.length, two.received.length]).toEqual([3, 3]);
});

it('a connection that dies before its acknowledgement loses nothing: another one gets the envelope', async () => {
  const workspace = await workspaceWith({});
  const [one, two] = [await connect(workspace), await connect(workspace)];
  const commanded = workspace.slack.command(ALICE, GENERAL, '/once');
  await waitUntil('the first delivery', () => one.received.length + two.received.length === 1);
  const [dying, living] = one.received.length === 1 ? [one, two] : [two, one];
  dying.socket.terminate();
  await waitUntil('the second delivery', () => living.received.length === 1);
  living.ack(living.received[0]);
  await commanded;
  expect(await workspace.slack.ephemerals(ALICE, GENERAL)).toEqual([]);
});

it('an event that nobody acknowledges comes again with its attempt; one acknowledged does not', async () => {
  const workspace = await workspaceWith({ ackMs: 1_000, eventRetryDelaysMs: [0, 10, 20] });
  const bot = await connect(workspace);
  bot.socket.on('message', () => {
    if (bot.received.length > 1) bot.ack(bot.received.at(-1));
  });
  await workspace.slack.post(ALICE, GENERAL, 'hello');
  await waitUntil('the retry', () => bot.received.length === 2);
  await workspace.slack.post(ALICE, GENERAL, 'again');
  await waitUntil('the next event', () => bot.received.length === 3);
  expect(bot.received.map((each) => each.retry_attempt)).toEqual([0, 1, 0]);
  expect(bot.received[0]?.payload['event_id']).toBe(bot.received[1]?.payload['event_id']);
});

it('a Socket Mode address is good for one connection', async () => {
  const workspace = await workspaceWith({});
  const { url } = await connect(workspace);
  await expect(
    new Promise((resolve, reject) => new WebSocket(url).once('open', resolve).once('error', reject)),
  ).rejects.toThrow();
});

it('without an app a command fails visibly', async () => {
  const workspace = await workspaceWith({});
  await workspace.slack.command(ALICE, GENERAL, '/nobody');
  await workspace.slack.waitForEphemeral(
    ALICE,
    GENERAL,
    ({ text }) => text?.includes('dispatch_failed') === true,
  );
});

it('HTTP mode: Bolt accepts what the proxy signs and answers modals through it', async () => {
  const port = await freePort();
  const config = exampleConfig({ mode: 'events', requestUrl: `http://127.0.0.1:${port}/slack/events` });
  const workspace = await workspaceWith({ config });
  const receiver = new HTTPReceiver({ signingSecret: config.app.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: config.app.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: workspace.proxy.apiUrl },
  });
  const users: string[] = [];
  app.command('/ask', async ({ ack, client, body }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: prefilledModal('ask') });
  });
  app.view('ask', async ({ ack, body }) => {
    users.push(body.user.id);
    await ack({ response_action: 'update', view: prefilledModal('done') });
  });
  await app.start(port);
  cleanups.push(() => app.stop());
  await workspace.slack.command(BOB, GENERAL, '/ask');
  await workspace.slack.waitForModal(BOB, 'ask');
  await workspace.slack.submit(BOB);
  await workspace.slack.waitForModal(BOB, 'done');
  expect(users).toEqual([BOB]);

  const body = formBody('slash_commands', { command: '/ask', user_id: ALICE });
  const contentType = 'application/x-www-form-urlencoded';
  const forged = signDelivery({ signingSecret: 'guessed', body, contentType });
  const delayed = signDelivery({ ...config.app, body, contentType, at: new Date(Date.now() - 6 * 60_000) });
  for (const each of [forged, delayed]) {
    const response = await fetch(config.app.requestUrl ?? '', { method: 'POST', ...each });
    expect(response.status).toBe(401);
  }
});

it('HTTP mode: an event that fails comes again with its retry headers', async () => {
  const attempts: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    attempts.push(request.headers['x-slack-retry-num']?.toString());
    response.writeHead(attempts.length < 3 ? 500 : 200).end();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const config = exampleConfig({ mode: 'events', requestUrl: `http://127.0.0.1:${port}/` });
  const workspace = await workspaceWith({ config, eventRetryDelaysMs: [0, 10, 20] });
  await workspace.slack.post(ALICE, GENERAL, 'hello');
  await waitUntil('three attempts', () => attempts.length === 3);
  expect(attempts).toEqual([undefined, '1', '2']);
});

it('messages and direct messages outlive a restart, and can still be edited and clicked', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'countersign-slack-test-'));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  const post = async ({ proxy, config }: Workspace, method: string, args: object) => {
    const response = await fetch(proxy.apiUrl + method, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${config.app.botToken}` },
      body: JSON.stringify(args),
    });
    return z
      .looseObject({ ok: z.boolean(), ts: z.string().default(''), channel: z.unknown().optional() })
      .parse(await response.json());
  };
  const before = await startWorkspace({ dataDir });
  const kept = await post(before, 'chat.postMessage', { channel: GENERAL, text: 'kept' });
  const direct = await post(before, 'chat.postMessage', { channel: BOB, text: 'direct' });
  await before.stop();

  const after = await workspaceWith({ dataDir });
  expect((await after.slack.messages(GENERAL)).map(({ text, ts }) => [text, ts])).toEqual([
    ['kept', kept.ts],
  ]);
  expect((await after.slack.directMessages(BOB)).map(({ text }) => text)).toEqual(['direct']);
  expect(await post(after, 'chat.update', { channel: GENERAL, ts: kept.ts, text: 'edited' })).toMatchObject({
    ok: true,
  });
  expect(await post(after, 'chat.postMessage', { channel: direct.channel, text: 'more' })).toMatchObject({
    ok: true,
  });
  expect((await after.slack.directMessages(BOB)).map(({ text }) => text)).toEqual(['direct', 'more']);
  const bot = await connect(after);
  bot.socket.on('message', () => bot.ack(bot.received.at(-1)));
  await after.slack.forgeClick(BOB, { channel: GENERAL, ts: kept.ts }, { action_id: 'a' });
  expect(bot.received[0]?.payload).toMatchObject({ type: 'block_actions', message: { text: 'edited' } });
});
