import type { App, ViewOutput } from '@slack/bolt';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../harness/slack/index.js';
import { ALICE, BOB, GENERAL, prefilledModal, socketApp, startWorkspace, type Workspace } from './fixture.js';

let workspace: Workspace;
let app: App;
const submitted: { user: string; view: ViewOutput }[] = [];
const clicked: { view: unknown; container: unknown; channel: unknown }[] = [];
const triggers: string[] = [];

beforeAll(async () => {
  workspace = await startWorkspace();
  app = socketApp(workspace);
  app.command('/ask', async ({ ack, client, body }) => {
    await ack();
    triggers.push(body.trigger_id);
    await client.views.open({ trigger_id: body.trigger_id, view: prefilledModal('ask') });
  });
  app.action('more', async ({ ack, client, body }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    clicked.push({ view: body.view, container: body.container, channel: body.channel });
    await client.views.push({ trigger_id: body.trigger_id, view: prefilledModal('pushed') });
  });
  app.options('a', async ({ ack, options }) => {
    const text = { type: 'plain_text' as const, text: `found ${options.value}` };
    await ack({ options: [{ text, value: 'found' }] });
  });
  app.view('ask', async ({ ack, body, view }) => {
    submitted.push({ user: body.user.id, view });
    if (view.state.values['reason']?.['a']?.value === 'wrong') {
      return ack({ response_action: 'errors', errors: { reason: 'Say why.' } });
    }
    if (view.state.values['reason']?.['a']?.value === 'next') {
      return ack({ response_action: 'update', view: prefilledModal('next') });
    }
    return ack();
  });
  app.view('pushed', async ({ ack }) => ack());
  app.view('next', async ({ ack }) => ack({ response_action: 'clear' }));
  await app.start();
});
afterEach(async () => {
  submitted.length = 0;
  clicked.length = 0;
  for (const user of [ALICE, BOB]) {
    while (workspace.slack.modals(user).length > 0) {
      const before = workspace.slack.modals(user).length;
      workspace.slack.cancel(user);
      await waitUntil('a view less', () => workspace.slack.modals(user).length < before);
    }
  }
});
afterAll(async () => {
  expect(workspace.proxy.violations.list()).toEqual([]);
  await app.stop();
  await workspace.stop();
});

async function open(user: string) {
  await workspace.slack.command(user, GENERAL, '/ask');
  return workspace.slack.waitForModal(user, 'ask');
}
const values = (view: ViewOutput | undefined) => view?.state.values;

it('what the app prefilled and the person left alone arrives with the submission', async () => {
  await open(ALICE);
  await workspace.slack.submit(ALICE);
  expect(values(submitted[0]?.view)).toMatchObject({
    reason: { a: { type: 'plain_text_input', value: 'an outage' } },
    minutes: { a: { type: 'number_input', value: '60' } },
    system: { a: { type: 'static_select', selected_option: { value: 'two', text: { text: 'Two' } } } },
    scope: { a: { type: 'external_select', selected_option: { value: 'one' } } },
    note: { a: { type: 'plain_text_input', value: null } },
  });
  expect(submitted[0]?.view.private_metadata).toBe('m');
  expect(workspace.slack.modals(ALICE)).toEqual([]);
});

it('what the person entered replaces it, and an option arrives whole', async () => {
  await open(ALICE);
  await workspace.slack.submit(ALICE, { reason: 'a drill', system: 'one', note: 'n' });
  expect(values(submitted[0]?.view)).toMatchObject({
    reason: { a: { value: 'a drill' } },
    minutes: { a: { value: '60' } },
    system: { a: { selected_option: { value: 'one', text: { text: 'One' } } } },
    note: { a: { value: 'n' } },
  });
});

it('a required field that was cleared, or holds too much, is refused before the app hears of it', async () => {
  await open(ALICE);
  await workspace.slack.submit(ALICE, { reason: null, minutes: '481' });
  expect(Object.keys(await workspace.slack.waitForErrors(ALICE)).sort()).toEqual(['minutes', 'reason']);
  expect(submitted).toEqual([]);
});

it('two people have modals open at once, and each submits their own', async () => {
  const [alices, bobs] = [await open(ALICE), await open(BOB)];
  expect(workspace.slack.modals(ALICE)[0]?.id).toBe(alices.id);
  await workspace.slack.submit(ALICE);
  expect(submitted.map(({ user, view }) => [user, view.id])).toEqual([[ALICE, alices.id]]);
  await workspace.slack.submit(BOB);
  expect(submitted[1]).toMatchObject({ user: BOB, view: { id: bobs.id } });
});

it('a button in a modal names the view and no channel; acknowledging a pushed view returns to the one below', async () => {
  const root = await open(ALICE);
  await workspace.slack.clickView(ALICE, 'more');
  const pushed = await workspace.slack.waitForModal(ALICE, 'pushed');
  expect(clicked[0]).toMatchObject({
    view: { id: root.id, state: { values: { minutes: { a: { value: '60' } } } } },
    container: { type: 'view', view_id: root.id },
    channel: undefined,
  });
  expect(pushed).toMatchObject({ root_view_id: root.id, previous_view_id: root.id });
  await workspace.slack.submit(ALICE);
  expect(workspace.slack.modals(ALICE).map((view) => view.id)).toEqual([root.id]);
});

it('a stack holds three views', async () => {
  await open(ALICE);
  await workspace.slack.clickView(ALICE, 'more');
  await workspace.slack.waitForModal(ALICE, 'pushed');
  await workspace.slack.clickView(ALICE, 'more');
  await waitUntil('three views', () => workspace.slack.modals(ALICE).length === 3);
  const errors: unknown[] = [];
  app.error(async (error) => void errors.push(error));
  await workspace.slack.clickView(ALICE, 'more');
  await waitUntil('the refusal', () => errors.length > 0);
  expect(String(errors[0])).toContain('push_limit_reached');
});

it('errors stand under their field; an update keeps the view id; clear closes all', async () => {
  const view = await open(ALICE);
  await workspace.slack.submit(ALICE, { reason: 'wrong' });
  expect(await workspace.slack.waitForErrors(ALICE)).toEqual({ reason: 'Say why.' });
  await workspace.slack.submit(ALICE, { reason: 'next' });
  const next = await workspace.slack.waitForModal(ALICE, 'next');
  expect(next.id).toBe(view.id);
  expect(next.hash).not.toBe(view.hash);
  await workspace.slack.submit(ALICE);
  expect(workspace.slack.modals(ALICE)).toEqual([]);
});

it('an external select is searched as the person types', async () => {
  await open(ALICE);
  expect(await workspace.slack.suggestions(ALICE, 'scope', 'a', 'pay')).toMatchObject([
    { value: 'found', text: { text: 'found pay' } },
  ]);
});

it('views are updated by id or external id and guarded by their hash', async () => {
  const view = await open(ALICE);
  const update = (address: object) =>
    app.client.views
      .update({ ...address, view: { ...prefilledModal('ask'), external_id: 'ours' } } as never)
      .then(
        () => 'ok',
        (error: Error) => error.message,
      );
  expect(await update({ view_id: view.id, hash: view.hash })).toBe('ok');
  expect(await update({ external_id: 'ours' })).toBe('ok');
  expect(await update({ view_id: view.id, hash: view.hash })).toContain('hash_conflict');
  expect(await update({ view_id: 'V0' })).toContain('not_found');
  expect(workspace.slack.modals(ALICE)[0]?.id).toBe(view.id);
});

it('a trigger id opens one view', async () => {
  await open(ALICE);
  const again = app.client.views.open({ trigger_id: triggers.at(-1) ?? '', view: prefilledModal('ask') });
  await expect(again).rejects.toThrow('exchanged_trigger_id');
  await expect(app.client.views.open({ trigger_id: '1.2', view: prefilledModal('ask') })).rejects.toThrow(
    'invalid_trigger_id',
  );
});
