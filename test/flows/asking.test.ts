import { afterAll, beforeAll, expect, it } from 'vitest';
import { validatePayload } from '../../src/blocks/index.js';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { enteredValues } from '../harness/slack/client-fields.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message, View } from '../harness/slack/shapes.js';
import { events, termsOf } from './evidence.js';

const ASK = 'elevation.ask';
const APPROVE = 'elevation.approve';
const MINUTE = 60_000;

let house: TestHouse;

beforeAll(async () => {
  house = await startTestHouse();
});
afterAll(() => house.stop(), 60_000);

const says = (view: View | Message): string => JSON.stringify(view.blocks);

const command = (person: string, words: string) =>
  house.slack.command(house.account(person), REQUESTS, `/elevate ${words}`);

const told = (person: string, text: string): Promise<Message> =>
  house.slack.waitForEphemeral(house.account(person), REQUESTS, (message) => textOf(message).includes(text));

/** The form of `person` once it says `text`. */
const form = (person: string, text: string): Promise<View> =>
  waitUntil(
    `a form that says ${text}`,
    () => house.slack.modals(house.account(person)).find((view) => says(view).includes(text)),
    PATIENCE,
  );

const newCard = (before: readonly Message[]): Promise<Message> =>
  house.slack.waitForMessage(
    REQUESTS,
    (one) => textOf(one).includes(APPROVE) && before.every((earlier) => earlier.ts !== one.ts),
    PATIENCE,
  );

const numberOf = (card: Message): string => /#(\d+)/.exec(textOf(card))?.[1] ?? '';

it('the form keeps what was typed behind More, asks for somebody else at a later time, and says all that is wrong at once', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  const before = await slack.messages(REQUESTS);
  await command('alice', 'orders-db read-orders 20m INC-1: the nightly repair');
  const first = await slack.waitForModal(alice, ASK);
  expect(says(first)).toContain('"initial_value":"INC-1"');
  expect(first.blocks.filter((block) => block['type'] === 'input')).toHaveLength(4);
  const typed = enteredValues(first, { reason: 'INC-1: the repair, typed anew' });
  const openMore = async () => {
    await slack.clickView(alice, 'elevation.more', typed);
    return form('alice', 'For somebody else');
  };
  const more = await openMore();
  expect(more.blocks.filter((block) => block['type'] === 'input')).toHaveLength(6);
  expect(says(more)).toContain('INC-1: the repair, typed anew');

  const wrong = {
    open: async () => {
      await command('alice', 'orders-db read-orders 20m INC-1: the nightly repair');
      await slack.waitForModal(alice, ASK);
      return openMore();
    },
    entered: { duration: '500', start: '1000000000', reason: 'short' },
  };
  expect(await house.errorsUnder('alice', wrong)).toEqual({
    duration: 'Ask for at most 240 minutes.',
    start: 'Choose a start that lies ahead, or none to begin once approved.',
    reason: expect.stringContaining('10 to 2000 characters'),
  });
  const start = Math.floor(Date.now() / 1000) + 3_600;
  await slack.submit(alice, {
    duration: '20',
    start: String(start),
    reason: 'INC-1: the nightly repair',
    subject: 'erin',
  });
  await slack.waitForNoModal(alice);
  const card = await newCard(before);
  expect(textOf(card)).toContain('on behalf of');
  expect(textOf(card)).toContain(`<!date^${start}^`);
  expect(validatePayload({ message: { text: card.text, blocks: card.blocks } })).toEqual([]);
  await house.directSaying('alice', `Your request #${numberOf(card)}`);

  await slack.click(house.account('bob'), card, APPROVE);
  const approved = await house.cardSaying(card, 'Until then it can be cancelled');
  expect(textOf(approved)).toContain('elevation.deny');
  expect(textOf(approved)).not.toContain(APPROVE);
  house.offsetClock(61 * MINUTE);
  await house.cardSaying(card, 'Access until');
  house.offsetClock(0);
  await house.directSaying('erin', 'asked for you');
});

it('an edit goes to the approvers anew; a click on the old terms is answered, not obeyed; then it is cancelled', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  const card = await house.ask('alice', 'orders-db purge-orders 20m INC-2 remove the test rows');
  const { id, seal } = termsOf(card);
  await slack.click(house.account('bob'), card, APPROVE);
  await house.cardSaying(card, '1 of 2');

  const own = await house.directSaying('alice', `Your request #${numberOf(card)}`);
  await slack.click(alice, own, 'elevation.edit');
  const opened = await slack.waitForModal(alice, ASK);
  expect(says(opened)).toContain('INC-2 remove the test rows');
  await slack.submit(alice, { duration: '10' });
  await slack.waitForNoModal(alice);
  await house.cardSaying(card, '0 of 2');
  await slack.waitForMessage(REQUESTS, (one) => textOf(one).includes('no longer counts'), PATIENCE);

  await slack.forgeClick(house.account('cat'), card, { action_id: APPROVE, value: `${id}:${seal}` });
  await told('cat', 'changed after this message was shown');

  await slack.forgeClick(house.account('bob'), card, {
    action_id: 'elevation.cancel',
    value: `${id}:${seal}`,
  });
  await told('bob', 'Only who asked or gets the access can cancel');
  await command('alice', `cancel #${numberOf(card)}`);
  await told('alice', 'is cancelled');
  await house.cardSaying(card, 'Cancelled by');
  expect((await events(house, { request: id })).map((event) => event.type)).toEqual([
    'elevation.requested',
    'elevation.vote_cast',
    'elevation.edited',
    'elevation.vote_refused',
    'elevation.cancel_refused',
    'elevation.cancelled',
  ]);
});

it('the same asked twice is pointed out with its number, and asked only when submitted again', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  const card = await house.ask('alice', 'orders-db write-orders 15m INC-3 twice the same');
  const before = await slack.messages(REQUESTS);
  const again = {
    target: 'orders-db/write-orders',
    duration: '15',
    reason: 'INC-3 twice the same',
    ticket: 'INC-3',
  };
  await command('alice', '');
  await slack.waitForModal(alice, ASK);
  await slack.submit(alice, again);
  await form('alice', `#${numberOf(card)} asks for the same and is still open`);
  await slack.submit(alice, again);
  await slack.waitForNoModal(alice);
  await newCard(before);
});

it('in a thread the message shortcut opens the form with the message quoted', {
  timeout: 60_000,
}, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  await slack.post(alice, REQUESTS, 'can I get orders-db read-orders for 30 minutes? INC-4 is open');
  const message = await slack.waitForMessage(REQUESTS, (one) => textOf(one).includes('can I get'));
  await slack.shortcut(alice, message, 'elevation.ask_shortcut');
  const view = await slack.waitForModal(alice, ASK);
  expect(says(view)).toContain('“can I get orders-db read-orders for 30 minutes? INC-4 is open”');
  expect(says(view)).toContain('"initial_value":"30"');
  slack.cancel(alice);
  await slack.waitForNoModal(alice);
});

it('help, mine with pages and status answer whoever asked, and nobody else', {
  timeout: 180_000,
}, async () => {
  const { slack } = house;
  const bob = house.account('bob');
  await command('bob', 'help');
  await told('bob', '/elevate mine');
  await command('bob', 'mine');
  await told('bob', 'Nothing of yours is open');
  await command('bob', 'end');
  await told('bob', 'nothing to end');

  const cards: Message[] = [];
  for (let count = 1; count <= 6; count += 1)
    cards.push(await house.ask('bob', `orders-db read-orders 15m INC-5 page entry ${count}`));
  const [oldest, newest] = [cards.at(0), cards.at(-1)];
  if (oldest === undefined || newest === undefined) throw new Error('nothing was asked');
  await command('bob', 'mine');
  const page = await told('bob', 'Next Page');
  expect(textOf(page)).toContain(`*#${numberOf(newest)}*`);
  expect(textOf(page)).not.toContain(`*#${numberOf(oldest)}*`);
  expect(validatePayload({ message: { text: page.text, blocks: page.blocks } })).toEqual([]);
  await slack.click(bob, page, 'elevation.next_page');
  await told('bob', `*#${numberOf(oldest)}*`);

  await command('bob', `status #${numberOf(oldest)}`);
  await form('bob', `*#${numberOf(oldest)}*`);
  await command('bob', 'status #999999');
  await told('bob', 'There is no such request');

  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
});
