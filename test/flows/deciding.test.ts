import { afterAll, beforeAll, expect, it } from 'vitest';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { type PagerDutyStandIn, startPagerDuty } from '../harness/pagerduty.js';
import type { Message } from '../harness/slack/shapes.js';
import { eventOf, events, ours, termsOf } from './evidence.js';

const APPROVE = 'elevation.approve';
const WITHDRAW = 'elevation.withdraw_vote';

let house: TestHouse;
let pagerDuty: PagerDutyStandIn;

beforeAll(async () => {
  pagerDuty = await startPagerDuty();
  const user = { id: 'PCAT', email: 'cat@hookpilot.example' };
  pagerDuty.onCall = [{ escalationPolicy: 'PORDERS', level: 1, schedule: 'SORDERS', user }];
  house = await startTestHouse({
    more: (name) =>
      name === 'app' || name === 'worker'
        ? { PAGERDUTY_URL: pagerDuty.url, PAGERDUTY_TOKEN: pagerDuty.token }
        : {},
  });
});
afterAll(async () => {
  await house.stop();
  await pagerDuty.close();
}, 60_000);

const click = (person: string, card: Message, action: string) =>
  house.slack.click(house.account(person), card, action);

/** Presses a button that opens a form, fills it in and submits it. */
async function fill(
  person: string,
  message: Message,
  action: string,
  form: { id: string; values: Record<string, string> },
): Promise<void> {
  const account = house.account(person);
  await click(person, message, action);
  await house.slack.waitForModal(account, form.id);
  await house.slack.submit(account, form.values);
  await house.slack.waitForNoModal(account);
}

const inThread = (card: Message, text: string): Promise<Message> =>
  house.slack.waitForMessage(
    REQUESTS,
    (one) => one.thread_ts === card.ts && one.ts !== card.ts && textOf(one).includes(text),
    PATIENCE,
  );

const refusedPrivately = (person: string, says: string): Promise<Message> =>
  house.slack.waitForEphemeral(house.account(person), REQUESTS, (one) => textOf(one).includes(says));

it('a question and its answer, a shortening, a vote taken back and given anew: all in the thread, and granted as approved', {
  timeout: 180_000,
}, async () => {
  const card = await house.ask('alice', 'orders-db read-orders 60m INC-1 all that may happen on the way');
  const first = await inThread(card, 'please approve or deny');
  const [bob, cat] = [house.account('bob'), house.account('cat')];
  // Teleport #46908: on call orders; both are asked, the one on call first.
  expect(textOf(first).indexOf(cat)).toBeLessThan(textOf(first).indexOf(bob));

  await fill('bob', card, 'elevation.ask_more', {
    id: 'elevation.question',
    values: { text: 'Which orders? <!channel>' },
  });
  await inThread(card, 'Which orders?');
  const asked = await house.directSaying('alice', 'Which orders?');
  await fill('alice', asked, 'elevation.answer', {
    id: 'elevation.reply',
    values: { text: 'Those since 09:40' },
  });
  await inThread(card, 'Those since 09:40');

  await fill('bob', card, 'elevation.shorten', {
    id: 'elevation.shorten_to',
    values: { minutes: '10', next: 'shorten' },
  });
  await inThread(card, '10 minutes instead of 60');
  await house.directSaying('alice', '10 minutes instead of 60');
  const shorter = await house.cardSaying(card, '*10 minutes*');
  await click('bob', card, APPROVE);
  await refusedPrivately('bob', 'changed after this message was shown');

  await fill('cat', shorter, 'elevation.approve_with_reason', {
    id: 'elevation.approve_reason',
    values: { text: 'Ten minutes are enough' },
  });
  await house.cardSaying(card, 'Access until');
  await inThread(card, 'Nobody else needs to decide');
  await inThread(card, 'Ten minutes are enough');
  const { id } = termsOf(card);
  const withButton = await house.cardSaying(card, WITHDRAW);
  await click('bob', withButton, WITHDRAW);
  await refusedPrivately('bob', 'no approval on this request');
  await click('cat', withButton, WITHDRAW);
  await house.cardSaying(card, 'Proved gone at the target');
  expect((await events(house, { request: id })).map((event) => event.type)).toEqual(
    expect.arrayContaining(['elevation.more_asked', 'elevation.answered', 'elevation.shortened']),
  );
});

it('stages: security decides after the platform, each asked when it is their turn; rank and eagerness change nothing', {
  timeout: 120_000,
}, async () => {
  const card = await house.ask('alice', 'orders-db export-orders 15m INC-2 for the auditors');
  await click('dan', card, APPROVE);
  await refusedPrivately('dan', 'Others decide on this before you');
  await click('erin', card, APPROVE);
  await refusedPrivately('erin', 'approver role');
  await click('bob', card, APPROVE);
  const half = await house.cardSaying(card, 'Stage 2: 0 of 1, now deciding');
  expect(textOf(half)).toContain('Stage 1: 1 of 1');
  await inThread(card, 'It is the turn of stage 2');
  await click('dan', half, APPROVE);
  await house.cardSaying(card, 'Access until');
});

it('somebody of another workspace never votes, whatever button they press', {
  timeout: 120_000,
}, async () => {
  const card = await house.ask('alice', 'orders-db read-orders 15m INC-3 who is somebody');
  const { id, seal } = termsOf(card);
  await house.slack.forgeClick('U0CONNECT', card, { action_id: APPROVE, value: `${id}:${seal}` });
  await eventOf(house, { type: 'slack.stranger_refused' });
  expect(await ours(house, 'SELECT FROM gate.vote WHERE request_id = $1', [id])).toEqual([]);
});

it('an approver away is asked last, and whom they named first', {
  timeout: 180_000,
}, async () => {
  const cat = house.account('cat');
  await house.slack.command(cat, REQUESTS, '/away 2d');
  await house.slack.waitForModal(cat, 'absence.begin');
  await house.slack.submit(cat, { delegate: 'bob', note: 'On a train' });
  await house.slack.waitForNoModal(cat);
  await house.directSaying('bob', 'named you');
  const card = await house.ask('alice', 'orders-db read-orders 15m INC-4 who is asked');
  const asked = textOf(await inThread(card, 'please approve or deny'));
  expect(asked.indexOf(house.account('bob'))).toBeLessThan(asked.indexOf(cat));
});
