import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { SlackAnswer } from '../../src/capabilities/index.js';
import { notice } from '../../src/edges/slack/receive/answer.js';
import { readRequestsOf } from '../../src/store/index.js';
import { type Gatekeeper, openGatekeeper, tenant } from '../database/gatekeeper.js';
import { waitUntil } from '../harness/slack/index.js';
import { ALICE, GENERAL } from './fixture.js';
import { startStage } from './stage.js';

let gate: Gatekeeper;
let stage: Awaited<ReturnType<typeof startStage>>;

beforeAll(async () => {
  gate = await openGatekeeper();
  stage = await startStage(gate);
}, 60_000);
afterEach(async () => {
  stage.script.heard.length = 0;
  stage.script.answer = null;
  stage.workspace.proxy.faults.clear();
  const { slack } = stage.workspace;
  while (slack.modals(ALICE).length > 0) {
    const open = slack.modals(ALICE).length;
    slack.cancel(ALICE);
    await waitUntil('a view less', () => slack.modals(ALICE).length < open);
  }
});
afterAll(async () => {
  expect(stage.workspace.proxy.violations.list()).toEqual([]);
  await stage.stop();
  await gate.close();
});

async function open() {
  const { slack } = stage.workspace;
  const top = () => slack.modals(ALICE).find((view) => view.callback_id === 'stage.form');
  // A machine busy for a second loses its socket, and Slack says so: the person types it again.
  return waitUntil('the form', async () => {
    await slack.command(ALICE, GENERAL, '/stage');
    return waitUntil('the form of this command', top, 5_000).catch(() => null);
  });
}
const requests = async (): Promise<number> =>
  (await readRequestsOf(gate.context.store, tenant, { capability: 'stage', take: 100 })).length;
const shown = () => JSON.stringify(stage.workspace.slack.modals(ALICE).at(-1));

it('an external select offers what the capability finds, for the one who types, a hundred at the most', async () => {
  await open();
  const offered = await stage.workspace.slack.suggestions(ALICE, 'system', 'stage.system', 'pay');
  expect(offered).toHaveLength(100);
  expect(offered[0]).toMatchObject({ text: { text: 'pay 0 of alice' }, value: 's0' });
});

it('a choice in a modal gives its value and the whole form, and its answer takes the place of the modal', async () => {
  const before = await open();
  await stage.workspace.slack.choose(ALICE, 'kind', 'write');
  const after = await waitUntil('the update', () => {
    const view = stage.workspace.slack.modals(ALICE).at(-1);
    return view?.hash !== before.hash && view;
  });
  expect(after.id).toBe(before.id);
  expect(stage.script.heard).toEqual([
    {
      value: 'write',
      view: { metadata: 'metadata', values: { reason: 'why', system: null, kind: 'write' } },
    },
  ]);
});

it('an answer to a view that has changed meanwhile leaves what is there alone', async () => {
  const view = await open();
  stage.script.answer = async () => {
    await stage.app.client.views.update({
      token: stage.workspace.config.app.botToken,
      view_id: view.id,
      view: notice('Newer.'),
    });
    return { show: 'update', view: notice('Stale.') };
  };
  await stage.workspace.slack.clickView(ALICE, 'stage.more');
  await waitUntil('the newer view', () => shown().includes('Newer.'));
  expect(shown()).not.toContain('Stale.');
});

it('what is said to one person alone stands in a modal over theirs, which stays as it was', async () => {
  const form = await open();
  await stage.workspace.slack.clickView(ALICE, 'stage.more');
  await stage.workspace.slack.waitForModal(ALICE, 'notice');
  expect(shown()).toContain('A word.');
  stage.workspace.slack.cancel(ALICE);
  expect(await stage.workspace.slack.waitForModal(ALICE, 'stage.form')).toMatchObject({ id: form.id });
});

it('a submission may be answered by a next view, or by a sentence, in the same modal', async () => {
  const form = await open();
  stage.script.answer = async () => ({ show: 'private', text: 'Only this.' });
  await stage.workspace.slack.submit(ALICE);
  expect(await stage.workspace.slack.waitForModal(ALICE, 'notice')).toMatchObject({ id: form.id });
  expect(shown()).toContain('Only this.');
});

it('what takes longer than Slack waits is said to take longer, then what it came to', async () => {
  await open();
  let finish: () => void = () => {};
  const working = new Promise<void>((resolve) => {
    finish = resolve;
  });
  stage.script.answer = async () => {
    await working;
    return { show: 'errors', errors: { reason: 'Too vague.' } };
  };
  await stage.workspace.slack.submit(ALICE);
  await waitUntil('the wait', () => shown().includes('longer than usual'));
  finish();
  await waitUntil('the outcome', () => shown().includes('Too vague.'));
});

/** A press whose answer is `answer` as soon as somebody lets it. */
function slowly(answer: SlackAnswer): () => void {
  let finish: () => void = () => {};
  const working = new Promise<void>((resolve) => {
    finish = resolve;
  });
  stage.script.answer = () => working.then(() => answer);
  return finish;
}

it('a form that takes its time is said to, while Slack would still open one, and then stands in that view', async () => {
  const { slack } = stage.workspace;
  const finish = slowly({ show: 'modal', view: notice('The form.') });
  await slack.command(ALICE, GENERAL, '/stage');
  const waiting = await waitUntil('the wait', () => slack.modals(ALICE).at(-1));
  expect(JSON.stringify(waiting)).toContain('close this and try again');
  finish();
  await waitUntil('the form', () => shown().includes('The form.'));
  expect(slack.modals(ALICE)).toMatchObject([{ id: waiting.id }]);
});

it('a private answer that takes its time still stands where it was asked for', async () => {
  const { slack } = stage.workspace;
  const finish = slowly({ show: 'private', text: 'Late, and for you alone.' });
  await slack.command(ALICE, GENERAL, '/stage');
  await waitUntil('the wait', () => shown().includes('longer than usual'));
  finish();
  await slack.waitForEphemeral(ALICE, GENERAL, (one) => one.text === 'Late, and for you alone.');
  await waitUntil('the pointer to it', () => shown().includes('stands where you asked'));
});

it('who could not be told to wait, and whose form came too late for Slack, is told to try again', async () => {
  const { slack, proxy } = stage.workspace;
  proxy.faults.add({ method: 'views.open', error: 'expired_trigger_id', times: 2 });
  const finish = slowly({ show: 'modal', view: notice('The form.') });
  await slack.command(ALICE, GENERAL, '/stage');
  finish();
  await slack.waitForEphemeral(ALICE, GENERAL, (one) => one.text?.includes('took too long') === true);
  expect(slack.modals(ALICE)).toEqual([]);
});

it('the form stands in the waiting view though nobody heard from Slack that it was opened', async () => {
  const { slack, proxy } = stage.workspace;
  proxy.faults.add({ method: 'views.open', when: 'after', destroy: true });
  const finish = slowly({ show: 'modal', view: notice('The form.') });
  await slack.command(ALICE, GENERAL, '/stage');
  finish();
  await waitUntil('the form', () => shown().includes('The form.'));
  expect(slack.modals(ALICE)).toHaveLength(1);
});

it('words that are answered in text open no modal for being slow', async () => {
  const { slack } = stage.workspace;
  const finish = slowly({ show: 'private', text: 'Help.' });
  await slack.command(ALICE, GENERAL, '/stage aloud');
  expect(slack.modals(ALICE)).toEqual([]);
  finish();
  await slack.waitForEphemeral(ALICE, GENERAL, (one) => one.text === 'Help.');
});

it('a button that opens no modal opens none for being slow', async () => {
  const { slack } = stage.workspace;
  await open();
  const finish = slowly({ show: 'private', text: 'A slow word.' });
  await slack.clickView(ALICE, 'stage.more');
  expect(slack.modals(ALICE)).toHaveLength(1);
  finish();
  await waitUntil('the word', () => shown().includes('A slow word.'));
});

it('Submit pressed again after its answer was lost opens no second request, and says which one it became', async () => {
  await open();
  const before = await requests();
  stage.workspace.proxy.faults.add({ method: 'view_submission', when: 'after', destroy: true });
  await stage.workspace.slack.submit(ALICE);
  await waitUntil('the request', async () => (await requests()) === before + 1);
  await stage.workspace.slack.submit(ALICE);
  await stage.workspace.slack.waitForModal(ALICE, 'notice');
  expect(shown()).toMatch(/first press got through: it is in request #\d+/);
  expect(await requests()).toBe(before + 1);
});

it('a form refused is tried again as often as it is sent, the same form opened anew is another request', async () => {
  await open();
  const before = await requests();
  for (let press = 0; press < 2; press += 1) {
    await stage.workspace.slack.submit(ALICE, { reason: 'refuse me' });
    expect(await stage.workspace.slack.waitForErrors(ALICE)).toEqual({ reason: 'Not today.' });
  }
  expect(stage.script.heard).toHaveLength(2);
  await stage.workspace.slack.submit(ALICE);
  await stage.workspace.slack.waitForNoModal(ALICE);
  await open();
  await stage.workspace.slack.submit(ALICE);
  await stage.workspace.slack.waitForNoModal(ALICE);
  expect(await requests()).toBe(before + 2);
});

it('rule 2: a failure keeps what was typed, and claims no more than is known', async () => {
  await open();
  stage.script.answer = () => Promise.reject(new Error('the answer of a commit was lost'));
  await stage.workspace.slack.submit(ALICE, { reason: 'a long story' });
  const errors = await stage.workspace.slack.waitForErrors(ALICE);
  expect(errors['reason']).toContain('may or may not have been saved');
  expect(errors['reason']).not.toContain('lost');
});

it('a message shortcut brings the text of its message and the thread it stands in', async () => {
  const { slack } = stage.workspace;
  await slack.post(ALICE, GENERAL, 'orders are stuck');
  const message = await slack.waitForMessage(GENERAL, (one) => one.text === 'orders are stuck');
  await slack.shortcut(ALICE, message, 'stage.here');
  await slack.waitForEphemeral(ALICE, GENERAL, (one) => one.text === 'Heard.');
  await slack.post(ALICE, GENERAL, 'since 09:40', message.ts);
  const reply = await slack.waitForMessage(GENERAL, (one) => one.text === 'since 09:40');
  await slack.shortcut(ALICE, reply, 'stage.here');
  const inThread = (one: { thread_ts?: string }) => one.thread_ts === message.ts;
  await slack.waitForEphemeral(ALICE, GENERAL, inThread);
  const thread = { channel: GENERAL, ts: message.ts };
  expect(stage.script.heard).toEqual([
    { text: 'orders are stuck', thread },
    { text: 'since 09:40', thread },
  ]);
});
