import { afterAll, beforeAll, expect, it } from 'vitest';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { eventOf, events, logIn, traces, verifyOverHttp } from './evidence.js';

const APPROVE = 'elevation.approve';

const SECURITY = 'C03CODEXHPS';

let house: TestHouse;

beforeAll(async () => {
  house = await startTestHouse();
});
afterAll(() => house.stop(), 60_000);

/** Types a command as a person does, and gives what only they are answered. */
async function answered(person: string, words: string, says: string): Promise<Message> {
  await house.slack.command(house.account(person), REQUESTS, words);
  return house.slack.waitForEphemeral(house.account(person), REQUESTS, (message) =>
    textOf(message).includes(says),
  );
}

const securityChannel = async (text: string): Promise<Message> =>
  waitUntil(
    `a message to security that says ${text}`,
    async () => (await house.slack.messages(SECURITY)).findLast((one) => textOf(one).includes(text)),
    PATIENCE,
  );

it('one of security ends access, session and request of an account at once, and the account is blocked', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const asked = await house.ask('alice', 'orders-db read-orders 60m INC-1 in the wrong hands soon');
  await slack.click(house.account('cat'), asked, APPROVE);
  const live = await house.cardSaying(asked, 'Access until');
  const uri = await house.credential('alice', live);
  const session = await logIn(uri);
  const waiting = await house.ask('alice', 'orders-db write-orders 30m INC-2 nobody answered yet');

  await answered('bob', '/freeze <@U01ALICE|alice> I do not like her', 'Only security');
  await answered('dan', `/freeze <@U01ALICE|alice> laptop stolen`, 'has no power any more. 2 open requests');
  await session.died();
  await house.cardSaying(live, 'because the account was frozen');
  await house.cardSaying(live, 'Proved gone at the target');
  expect(await traces(house, new URL(uri).username)).toEqual([]);
  await house.cardSaying(waiting, 'the account was frozen');

  const alice = house.account('alice');
  const open = async () => {
    await slack.command(alice, REQUESTS, '/elevate orders-db read-orders 15m INC-2 let me in');
    await slack.waitForModal(alice, 'elevation.ask');
  };
  expect(Object.values(await house.errorsUnder('alice', { open })).join()).toContain('not active');
  slack.cancel(alice);
  expect((await eventOf(house, { type: 'elevation.request_refused' })).decision?.effect).toBe('block');
  await securityChannel('An attempt of alice was blocked. They were told: This account is not active here.');
  const card = await securityChannel('Account Frozen');
  expect(textOf(card)).toContain('laptop stolen');
  await answered('dan', '/freeze <@U01ALICE|alice>', 'frozen already');
  await answered('dan', '/freeze list', 'Alice Andersson');
  await slack.click(house.account('hana'), card, 'freeze.lift');
  const once = await securityChannel('1 of 2');
  await slack.click(house.account('ivo'), once, 'freeze.lift');
  await securityChannel('Freeze Lifted');
  expect(textOf(await house.cardSaying(waiting, 'Denied'))).not.toContain('action_id');
  expect((await eventOf(house, { type: 'freeze.frozen' })).decision?.rules).toEqual(['freeze.freeze']);
});

it('an approver who is recalled: what rests on the account is listed, ended, and judged page by page', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const card = await house.ask('cat', 'orders-db read-orders 60m INC-3 approved by the wrong one');
  await slack.click(house.account('bob'), card, APPROVE);
  await house.cardSaying(card, 'Access until');
  await answered('dan', '/freeze @bob phished', 'has no power any more');
  await securityChannel('rests on their approval');
  await answered('dan', '/recall <@U02BOB|bob> since 1d', 'Recall #');
  await house.cardSaying(card, 'is being recalled');
  await house.cardSaying(card, 'Proved gone at the target');

  const recall = await securityChannel('Review Items');
  const hana = house.account('hana');
  await slack.click(hana, recall, 'recall.review');
  const modal = await slack.waitForModal(hana, 'recall.items');
  expect(JSON.stringify(modal)).toContain(`*#${/#(\d+)/.exec(textOf(card))?.[1]}*`);
  slack.cancel(hana);
});

it('all of it is in a ledger that verifies, and every call to Slack kept its limits', {
  timeout: 60_000,
}, async () => {
  const types = (await events(house)).map((event) => event.type);
  for (const type of ['freeze.frozen', 'freeze.swept', 'elevation.stopped', 'recall.called'])
    expect(types).toContain(type);
  expect(await verifyOverHttp(house)).toMatchObject({ ok: true, problems: [] });
  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
});
