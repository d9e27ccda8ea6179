import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ours, termsOf } from '../flows/evidence.js';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { findElement } from '../harness/slack/client-fields.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { allHold } from './invariants.js';

const APPROVE = 'elevation.approve';
const END = 'elevation.end_now';

let house: TestHouse;
let secondDisk: string;

/** Two of each process: the second doer has a disk of its own, the second app a port of its own. */
beforeAll(async () => {
  house = await startTestHouse();
  secondDisk = mkdtempSync(join(tmpdir(), 'countersign-doer-'));
  house.house.addProcess('app', { HTTP_PORT: '0' });
  house.house.addProcess('worker');
  house.house.addProcess('sequencer');
  house.house.addProcess('doer', { DATA_DIR: secondDisk });
  await waitUntil('two apps are connected', () => house.house.workspace.proxy.connections() === 2, 90_000);
});
afterAll(async () => {
  await house.stop();
  rmSync(secondDisk, { recursive: true, force: true });
}, 60_000);

const cardWith = (reason: string): Promise<Message> =>
  waitUntil(
    `the card of ${reason}`,
    async () =>
      (await house.slack.messages(REQUESTS)).find(
        (message) => textOf(message).includes(reason) && textOf(message).includes(APPROVE),
      ),
    PATIENCE,
  );

/** From the modal to the card. */
async function ask(person: string, reason: string): Promise<Message> {
  const account = house.account(person);
  await house.slack.command(account, REQUESTS, `/elevate orders-db read-orders 30m ${reason}`);
  await house.slack.waitForModal(account, 'elevation.ask');
  await house.slack.submit(account);
  await house.slack.waitForNoModal(account);
  return cardWith(reason);
}

test('rules 3, 8: two of each process carry six requests at once, each granted once and ended', {
  timeout: 300_000,
}, async () => {
  const pairs = [
    ['alice', 'bob'],
    ['bob', 'cat'],
    ['cat', 'bob'],
    ['erin', 'cat'],
  ] as const;
  const all = [...pairs, pairs[0], pairs[1]].map(([requester, approver], at) => ({
    requester,
    approver,
    at,
  }));
  // One person has one modal at a time: the second asking of a person follows the first.
  const first = all.slice(0, 4).map((one) => ask(one.requester, `INC-${one.at} orders stuck`));
  await Promise.all(first);
  await Promise.all(all.slice(4).map((one) => ask(one.requester, `INC-${one.at} orders stuck`)));
  const ended = await Promise.all(
    all.map(async ({ requester, approver, at }) => {
      const card = await cardWith(`INC-${at} orders stuck`);
      await house.slack.click(house.account(approver), card, APPROVE);
      const granted = await house.cardSaying(card, 'Access until', 60_000);
      await house.slack.click(house.account(requester), granted, END);
      await house.cardSaying(card, 'Access Ended', 60_000);
      return termsOf(granted).id;
    }),
  );
  expect(new Set(ended).size).toBe(6);
  await allHold(house, ended, { deadlineMs: 6 * PATIENCE });
});

test('rule 3: fifty simultaneous clicks on Approve are one approval, and nobody is told that something went wrong', {
  timeout: 300_000,
}, async () => {
  const card = await ask('alice', 'INC-50 clicks');
  const { id } = termsOf(card);
  // Slack would not send most of these: the button is gone after the first. The app must not rely on it.
  const approve = findElement(card.blocks ?? [], APPROVE) ?? {};
  const people = ['bob', 'cat', 'dan', 'erin', 'alice'].map((person) => house.account(person));
  const before = await inputsSeen();
  await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      house.slack.forgeClick(people[at % people.length] ?? '', card, approve),
    ),
  );
  const granted = await house.cardSaying(card, 'Access until', 60_000);
  const [counted] = await ours(house, 'SELECT count(*)::int AS votes FROM gate.vote WHERE request_id = $1', [
    id,
  ]);
  expect(counted).toEqual({ votes: 1 });
  await waitUntil('every click is dealt with', async () => (await inputsSeen()) >= before + 50, 60_000);
  const answers = async () => {
    const heard = await Promise.all(people.map((person) => house.slack.ephemerals(person, REQUESTS)));
    return heard.flat().map(textOf);
  };
  await waitUntil(
    'somebody is told that it is decided',
    async () => (await answers()).some((answer) => answer.includes('is already')),
    PATIENCE,
  );
  expect((await answers()).filter((answer) => answer.includes('went wrong'))).toEqual([]);
  await house.slack.click(house.account('alice'), granted, END);
  await house.cardSaying(card, 'Access Ended', 60_000);
  await allHold(house, [id], { deadlineMs: 6 * PATIENCE });
});

/** What fails is not among them: it may be tried again. */
async function inputsSeen(): Promise<number> {
  const [row] = await ours(house, 'SELECT count(*)::int AS count FROM gate.input_seen');
  return Number(row?.['count']);
}
