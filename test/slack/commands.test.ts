import type { App, RespondFn } from '@slack/bolt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { actions, button, message, section } from '../../src/blocks/index.js';
import { waitUntil } from '../harness/slack/index.js';
import { ALICE, BOB, GENERAL, prefilledModal, socketApp, startWorkspace, type Workspace } from './fixture.js';

let workspace: Workspace;
let app: App;
const responders: RespondFn[] = [];
const clicks: { user: string; ephemeral: unknown }[] = [];
const late: string[] = [];

beforeAll(async () => {
  workspace = await startWorkspace({ ackMs: 3_000, triggerTtlMs: 60 });
  app = socketApp(workspace);
  app.command('/whisper', async ({ ack, respond }) => {
    responders.push(respond);
    await ack('for you alone');
  });
  app.command('/silent', async () => undefined);
  app.command('/late', async ({ ack, body, client }) => {
    await ack();
    await new Promise((resolve) => setTimeout(resolve, 80));
    await client.views
      .open({ trigger_id: body.trigger_id, view: prefilledModal('late') })
      .catch((error: Error) => late.push(error.message));
  });
  app.action('go', async ({ ack, body, respond }) => {
    await ack();
    if (body.type === 'block_actions')
      clicks.push({ user: body.user.id, ephemeral: body.container['is_ephemeral'] });
    await respond({ text: 'replaced', replace_original: true });
  });
  await app.start();
});
afterAll(async () => {
  await app.stop();
  await workspace.stop();
});

it('an answer to a command is ephemeral unless it says otherwise', async () => {
  const { slack } = workspace;
  await slack.command(ALICE, GENERAL, '/whisper');
  await slack.waitForEphemeral(ALICE, GENERAL, ({ text }) => text === 'for you alone');
  await responders[0]?.('later');
  await slack.waitForEphemeral(ALICE, GENERAL, ({ text }) => text === 'later');
  expect(await slack.messages(GENERAL)).toEqual([]);
  await responders[0]?.({ text: 'for all', response_type: 'in_channel' });
  await slack.waitForMessage(GENERAL, ({ text }) => text === 'for all');
});

it('a response_url serves five times', async () => {
  await workspace.slack.command(BOB, GENERAL, '/whisper');
  const respond = responders.at(-1);
  for (let use = 0; use < 5; use += 1) await respond?.(`use ${use}`);
  await expect(respond?.('use 5')).rejects.toThrow();
});

it('a command that nobody acknowledges in time fails visibly, for the one who typed it', async () => {
  await workspace.slack.command(ALICE, GENERAL, '/silent');
  await workspace.slack.waitForEphemeral(
    ALICE,
    GENERAL,
    ({ text }) => text?.includes('operation_timeout') === true,
  );
});

it('a trigger id expires', async () => {
  await workspace.slack.command(ALICE, GENERAL, '/late');
  await waitUntil('the refusal', () => late.length > 0);
  expect(late[0]).toContain('expired_trigger_id');
});

it('a click carries who clicked and where; replace_original changes that message', async () => {
  const { slack } = workspace;
  const content = message('Go?', [
    section('Go?'),
    actions('v1', [button({ text: 'Go', actionId: 'go', value: 'r' })]),
  ]);
  await app.client.chat.postMessage({ channel: GENERAL, ...content });
  await slack.click(BOB, await slack.waitForMessage(GENERAL, ({ text }) => text === 'Go?'), 'go');
  await slack.waitForMessage(GENERAL, ({ text }) => text === 'replaced');
  expect(clicks).toEqual([{ user: BOB, ephemeral: false }]);
});

it('a stranger’s control client works against the proxy as against the stand-in', async () => {
  const { url } = workspace.proxy;
  const get = async (path: string) =>
    z.looseObject({}).parse(await (await fetch(`${url}/_control${path}`)).json());
  expect(await get('/state')).toMatchObject({ apps: [{ appId: 'A01APP', mode: 'socket' }] });
  const summaries = z
    .object({ log: z.array(z.looseObject({ summary: z.string() })) })
    .parse(await get('/log'))
    .log.map((entry) => entry.summary);
  expect(summaries).toEqual(expect.arrayContaining(['auth.test', 'block_actions go']));
  const page = await (await fetch(url)).text();
  expect(page).toContain('/_browser/main.js');
  expect((await fetch(`${url}/_browser/main.js`)).status).toBe(200);
  expect((await fetch(`${url}/_browser/..%2fproxy.ts`)).status).toBe(404);
});
