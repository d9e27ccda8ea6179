import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ALICE, BOB, ELSEWHERE, GENERAL, prefilledModal, startWorkspace, type Workspace } from './fixture.js';

const Answer = z.looseObject({ ok: z.boolean(), error: z.string().optional(), ts: z.string().default('') });
const divider = { type: 'divider' };
let workspace: Workspace;

beforeAll(async () => {
  workspace = await startWorkspace({ pace: { perSecond: 1, burst: 3 }, triggerTtlMs: 40 });
});
afterEach(() => {
  workspace.proxy.faults.clear();
  workspace.proxy.violations.clear();
});
afterAll(() => workspace.stop());

async function call(method: string, args: object, token: string | null = workspace.config.app.botToken) {
  const response = await fetch(workspace.proxy.apiUrl + method, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  });
  const answer = Answer.parse(await response.json());
  return { ...answer, status: response.status, retryAfter: response.headers.get('retry-after') };
}

it('a token must be there, ours, and of the right kind', async () => {
  expect(await call('auth.test', {}, null)).toMatchObject({ error: 'not_authed' });
  expect(await call('auth.test', {}, 'xoxb-stolen')).toMatchObject({ error: 'invalid_auth' });
  expect(await call('auth.test', {}, workspace.config.app.appToken)).toMatchObject({
    error: 'not_allowed_token_type',
  });
  expect(await call('apps.connections.open', {})).toMatchObject({ error: 'not_allowed_token_type' });
  expect(await call('auth.test', {})).toMatchObject({ ok: true });
});

it.each([
  ['chat.postMessage', { channel: 'C0NOWHERE', text: 'x' }, 'channel_not_found'],
  ['chat.postMessage', { channel: ELSEWHERE, text: 'x' }, 'not_in_channel'],
  ['chat.postMessage', { channel: GENERAL }, 'no_text'],
  ['chat.postMessage', { channel: GENERAL, text: 'x'.repeat(40_001) }, 'msg_too_long'],
  ['chat.postMessage', { channel: GENERAL, text: 'x', blocks: Array(51).fill(divider) }, 'invalid_blocks'],
  ['chat.postEphemeral', { channel: ELSEWHERE, user: ALICE, text: 'x' }, 'not_in_channel'],
  ['chat.postEphemeral', { channel: GENERAL, user: 'U0STRANGER', text: 'x' }, 'user_not_in_channel'],
  ['chat.update', { channel: GENERAL, ts: '1.000001', text: 'x' }, 'message_not_found'],
  ['conversations.open', { users: 'U0STRANGER' }, 'user_not_found'],
  ['users.info', { user: 'U0STRANGER' }, 'user_not_found'],
  ['views.open', { trigger_id: '1.2', view: { type: 'modal', blocks: [divider] } }, 'invalid_arguments'],
  ['views.open', { trigger_id: '1.2', view: prefilledModal('x') }, 'invalid_trigger_id'],
  ['views.publish', { user_id: 'U0STRANGER', view: { type: 'home', blocks: [] } }, 'user_not_found'],
  ['views.update', { view_id: 'V0', view: prefilledModal('x') }, 'not_found'],
])('%s %#: refused with the error Slack gives', async (method, args, error) => {
  expect(await call(method, args)).toMatchObject({ ok: false, error });
});

it('a refused payload is on record for tests to assert against, one without fallback text too', async () => {
  await call('chat.postMessage', { channel: GENERAL, text: 'x', blocks: [{ type: 'section' }] });
  await call('chat.update', { channel: GENERAL, ts: '1.000001', blocks: [divider] });
  const recorded = workspace.proxy.violations.list();
  expect(recorded.map(({ method, problems }) => [method, problems[0]?.rule])).toEqual([
    ['chat.postMessage', 'atLeastOneOf'],
    ['chat.update', 'fallbackText'],
  ]);
});

it('an ephemeral cannot be edited, and shows for its reader only', async () => {
  await call('chat.postEphemeral', { channel: GENERAL, user: BOB, text: 'for Bob' });
  const seen = await workspace.slack.waitForEphemeral(BOB, GENERAL, (message) => message.text === 'for Bob');
  expect(await workspace.slack.ephemerals(ALICE, GENERAL)).toEqual([]);
  expect(await call('chat.update', { channel: GENERAL, ts: seen.ts, text: 'x' })).toMatchObject({
    error: 'cant_update_message',
  });
});

it('an App Home is guarded by its hash', async () => {
  const publish = (more: object) =>
    call('views.publish', { user_id: ALICE, view: { type: 'home', blocks: [divider] }, ...more });
  expect(await publish({})).toMatchObject({ ok: true });
  const { hash } = await workspace.slack.waitForHome(ALICE);
  expect(await publish({ hash })).toMatchObject({ ok: true });
  expect(await publish({ hash })).toMatchObject({ error: 'hash_conflict' });
});

it('posting too fast in one channel is answered 429 with the seconds to wait', async () => {
  const { channel } = z
    .looseObject({ channel: z.object({ id: z.string() }) })
    .parse(await call('conversations.open', { users: ALICE }));
  const answers = await Promise.all(
    [0, 1, 2, 3].map((index) => call('chat.postMessage', { channel: channel.id, text: `${index}` })),
  );
  answers.sort((a, b) => a.status - b.status);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429]);
  expect(answers[3]).toMatchObject({ error: 'ratelimited', retryAfter: '1' });
});

it('faults are injected: an error, a status, a cut connection before and after the effect', async () => {
  const { faults } = workspace.proxy;
  faults.add({ method: 'auth.test', error: 'internal_error' });
  faults.add({ method: '*', status: 503 });
  expect(await call('auth.test', {})).toMatchObject({ error: 'internal_error', status: 200 });
  expect(await call('auth.test', {})).toMatchObject({ status: 503 });
  expect(await call('auth.test', {})).toMatchObject({ ok: true });

  const edited = await call('chat.postMessage', { channel: GENERAL, text: 'first' });
  const edit = (text: string) => call('chat.update', { channel: GENERAL, ts: edited.ts, text });
  const now = async () => (await workspace.slack.messages(GENERAL)).find(({ ts }) => ts === edited.ts)?.text;
  faults.add({ method: 'chat.update', destroy: true });
  await expect(edit('lost call')).rejects.toThrow();
  expect(await now()).toBe('first');
  faults.add({ method: 'chat.update', destroy: true, when: 'after' });
  await expect(edit('lost answer')).rejects.toThrow();
  expect(await now()).toBe('lost answer');
});
