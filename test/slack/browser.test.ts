import type { App, ViewStateValue } from '@slack/bolt';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  actions,
  button,
  dateTimePicker,
  inlineValue,
  input,
  message,
  multiSelectAmong,
  option,
  section,
  slackDate,
} from '../../src/blocks/index.js';
import { type Browser, inBrowser, startBrowser, takeScreenshot } from '../harness/browser.js';
import { waitUntil } from '../harness/slack/index.js';
import { ALICE, BOB, GENERAL, prefilledModal, socketApp, startWorkspace, type Workspace } from './fixture.js';

let workspace: Workspace;
let app: App;
let browser: Browser;
const submissions: Record<string, Record<string, ViewStateValue>>[] = [];
const clicks: string[] = [];
const taken: string[] = [];

/** The form with the kinds of field that only our page draws. */
const everyField = () => {
  const view = prefilledModal('ask');
  const options = [option('First', 'first'), option('Second', 'second')];
  const people = multiSelectAmong({ actionId: 'a', options, initialValues: ['second'], most: 2 });
  const moment = dateTimePicker({ actionId: 'a', initial: new Date('2026-11-21T10:00') });
  const more = [
    input({ blockId: 'people', label: 'The people', element: people }),
    input({ blockId: 'moment', label: 'The moment', element: moment }),
  ];
  return { ...view, blocks: [...view.blocks, ...more] };
};

beforeAll(async () => {
  workspace = await startWorkspace();
  app = socketApp(workspace);
  app.command('/ask', async ({ ack, client, body }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: everyField() });
  });
  app.options('a', async ({ ack }) => {
    await ack({ options: [{ text: { type: 'plain_text', text: 'Found' }, value: 'found' }] });
  });
  app.action('end', async ({ ack, body }) => {
    await ack();
    clicks.push(body.user.id);
  });
  app.shortcut('here', async ({ ack, body }) => {
    await ack();
    if (body.type === 'message_action') taken.push(`${body.user.id} ${body.message.text}`);
  });
  app.view('ask', async ({ ack, view }) => {
    submissions.push(view.state.values);
    if (submissions.length === 1) return ack({ response_action: 'errors', errors: { reason: 'Say why.' } });
    return ack();
  });
  await app.start();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  expect(workspace.proxy.violations.list()).toEqual([]);
  await app.stop();
  await workspace.stop();
});

inBrowser('a message shortcut stands in the menu of the right button', async () => {
  await workspace.slack.post(BOB, GENERAL, 'orders are stuck');
  const page = await browser.openSlack(workspace.proxy.url, ALICE);
  await page.locator('.msg', { hasText: 'orders are stuck' }).click({ button: 'right' });
  await takeScreenshot(page, 'shortcut-menu');
  await page.getByRole('menuitem', { name: 'Ask for Access' }).click();
  await waitUntil('the shortcut', () => taken.includes(`${ALICE} orders are stuck`));
  expect(await page.getByRole('menu').count()).toBe(0);
  await page.close();
});

inBrowser(
  'a person types a command, sees what is prefilled, is told what is wrong, and submits',
  async () => {
    const page = await browser.openSlack(workspace.proxy.url, BOB);
    const other = await browser.openSlack(workspace.proxy.url, ALICE);
    await page.locator('.composer-input').fill('/ask');
    await page.locator('.composer-input').press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Request Access' });
    await dialog.waitFor();
    expect(await dialog.getByLabel('The reason').inputValue()).toBe('an outage');
    expect(await dialog.getByLabel('The minutes').inputValue()).toBe('60');
    expect(await dialog.getByLabel('The system').inputValue()).toBe('two');
    expect(await dialog.getByLabel('The scope').inputValue()).toBe('One');
    await takeScreenshot(page, 'slack-modal');
    expect(await other.getByRole('dialog').count()).toBe(0);

    await dialog.getByLabel('The scope').fill('f');
    await dialog.getByRole('option', { name: 'Found' }).click();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.locator('[data-block-id=reason]').getByRole('alert').textContent()).toBe('Say why.');
    await dialog.getByLabel('The reason').fill('a drill');
    expect(await dialog.getByLabel('The moment').inputValue()).toBe('2026-11-21T10:00');
    await dialog.getByLabel('The moment').fill('2026-11-22T11:30');
    await dialog.getByLabel('First').check();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(submissions[1]).toMatchObject({
      reason: { a: { value: 'a drill' } },
      minutes: { a: { value: '60' } },
      system: { a: { selected_option: { value: 'two' } } },
      scope: { a: { selected_option: { value: 'found' } } },
      people: { a: { selected_options: [{ value: 'first' }, { value: 'second' }] } },
      moment: { a: { selected_date_time: new Date('2026-11-22T11:30').getTime() / 1000 } },
    });
  },
);

inBrowser(
  'dates and escaped text read as in Slack, and a confirmation comes before a destructive click',
  async () => {
    const page = await browser.openSlack(workspace.proxy.url, ALICE);
    const confirm = { title: 'End access?', text: 'It ends *now*.', confirm: 'End', deny: 'Keep' };
    const text = `Until ${slackDate(new Date(), 'soon')} for ${inlineValue('a < b & <!channel>', 100)}`;
    const content = message('Access', [
      section(text),
      actions('v1', [button({ text: 'End Now', actionId: 'end', value: 'r', style: 'danger', confirm })]),
    ]);
    await app.client.chat.postMessage({ channel: GENERAL, ...content });
    const shown = page.locator('.msg').last();
    await shown.getByText(/Until today .*\d\d:\d\d.* for a < b & <.?!channel>/).waitFor();
    await shown.getByRole('button', { name: 'End Now' }).click();
    const dialog = page.getByRole('dialog', { name: 'End access?' });
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await shown.getByRole('button', { name: 'End Now' }).click();
    await takeScreenshot(page, 'slack-confirm');
    await dialog.getByRole('button', { name: 'End', exact: true }).click();
    await waitUntil('the click arrives', () => clicks.length > 0);
    expect(clicks).toEqual([ALICE]);
  },
);

inBrowser(
  'an ephemeral shows for its reader only, also when one browser changes whom it acts as',
  async () => {
    const [alice, bob] = [
      await browser.openSlack(workspace.proxy.url, ALICE),
      await browser.openSlack(workspace.proxy.url, BOB),
    ];
    await app.client.chat.postEphemeral({ channel: GENERAL, user: BOB, text: 'for Bob alone' });
    await bob.getByText('for Bob alone').waitFor();
    expect(await alice.getByText('for Bob alone').count()).toBe(0);
    await alice.locator('.actas select').last().selectOption(BOB);
    await alice.getByText('for Bob alone').waitFor();
  },
);
