import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FaultyHouse, startFaultyHouse } from '../faults/faulty-house.js';
import { PATIENCE, REQUESTS, textOf } from '../harness/house.js';
import type { Message } from '../harness/slack/shapes.js';
import type { Github, Okta } from '../harness/vendors/index.js';
import { eventOf, events, termsOf } from './evidence.js';

/** Access by being in a group: through Slack and all processes, at an emulated Okta and GitHub. */
let house: FaultyHouse;
let okta: Okta;
let github: Github;

const APPROVE = 'elevation.approve';
const END = 'elevation.end_now';
const GROUP = '00g-support-agents';
const ALICE = 'alice@hookpilot.example';
const ASK = 'support-console answer-tickets 15m INC-7: tickets pile up since 09:40';

beforeAll(async () => {
  house = await startFaultyHouse({ vendors: true });
  if (house.house.vendors === null) throw new Error('the house has no vendors');
  ({ okta, github } = house.house.vendors);
});
afterAll(() => house.stop(), 60_000);

async function ended(card: Message): Promise<void> {
  await house.slack.click(house.account('alice'), card, END);
  await house.cardSaying(card, 'Proved gone');
}

const isIn = () => okta.isMember(GROUP, ALICE);

it('from /elevate into the group and out of it: nothing to show, sessions ended, nobody named in the ledger', {
  timeout: 120_000,
}, async () => {
  const card = await house.granted('alice', ASK);
  expect(textOf(card)).toContain(ALICE);
  expect(textOf(card)).not.toContain('elevation.show_credential');
  expect(await isIn()).toBe(true);
  const session = await okta.signIn(ALICE);
  const { id } = termsOf(card);
  await ended(card);
  expect(await isIn()).toBe(false);
  expect(okta.isSignedIn(session)).toBe(false);
  const end = await eventOf(house, { request: id, type: 'elevation.ended' });
  expect(end.data).toMatchObject({ evidence: { membership: 'absent', sessions: 'ended' } });
  expect(JSON.stringify(await events(house, { request: id }))).not.toContain(ALICE);
});

it('rule 13: two accesses to one group overlap, and ending one leaves the other whole', {
  timeout: 120_000,
}, async () => {
  const first = await house.granted('alice', ASK);
  const second = await house.granted(
    'alice',
    'support-console answer-tickets 30m INC-8: a second queue of tickets',
  );
  await ended(first);
  expect(await isIn()).toBe(true);
  await ended(second);
  expect(await isIn()).toBe(false);
});

it('rule 8: a doer killed between the write and its read-back goes on where it was', {
  timeout: 120_000,
}, async () => {
  const doer = house.arm('doer', 'doer.created');
  const card = await house.ask('alice', ASK);
  await house.slack.click(house.account('bob'), card, APPROVE);
  await doer.died();
  const live = await house.cardSaying(card, 'Access until', 2 * PATIENCE);
  expect(await isIn()).toBe(true);
  await ended(live);
  expect(await isIn()).toBe(false);
});

it('who is in the group already is told so, and stays in it', { timeout: 120_000 }, async () => {
  await okta.setMember(GROUP, ALICE, true);
  const card = await house.ask('alice', ASK);
  await house.slack.click(house.account('bob'), card, APPROVE);
  await house.cardSaying(card, 'in that group already');
  expect(await isIn()).toBe(true);
  await okta.setMember(GROUP, ALICE, false);
});

it('a GitHub team likewise', { timeout: 120_000 }, async () => {
  const card = await house.granted(
    'alice',
    'billing change-prices 15m FIN-7: correct the price of the caption pack',
  );
  expect(await github.isMember('billing-operators', 'hp-alice')).toBe(true);
  await ended(card);
  expect(await github.isMember('billing-operators', 'hp-alice')).toBe(false);
});

it('the author of a change never approves its deployment: not asked, refused, and somebody else is enough', {
  timeout: 120_000,
}, async () => {
  const [bob, cat] = [house.account('bob'), house.account('cat')];
  const card = await house.ask(
    'alice',
    'deploy-pipeline deploy-caption-studio hookpilot/caption-studio@main 15m OPS-4 ship the captions',
  );
  expect(textOf(card)).toContain('2 commits');
  const asked = await house.slack.waitForMessage(
    REQUESTS,
    (one) => one.thread_ts === card.ts && textOf(one).includes('please approve or deny'),
    PATIENCE,
  );
  expect(textOf(asked)).toContain(cat);
  expect(textOf(asked)).not.toContain(bob);
  await house.slack.click(bob, card, APPROVE);
  await house.slack.waitForEphemeral(bob, REQUESTS, (one) =>
    textOf(one).includes('somebody else has to approve its deployment'),
  );
  await house.slack.click(cat, card, APPROVE);
  await house.cardSaying(card, 'Access until');
  expect(await github.isMember('caption-studio-deployers', 'hp-alice')).toBe(true);
});
