import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import type { Message } from '../harness/slack/shapes.js';
import { eventOf, events, ours, termsOf } from './evidence.js';

let house: TestHouse;
let policiesDir: string;

/** The example organisation as its owner would change it: orders may be looked at through windows. */
beforeAll(async () => {
  policiesDir = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
  cpSync(resolve(import.meta.dirname, '../../policies'), policiesDir, { recursive: true });
  const file = join(policiesDir, 'systems/orders-db.yaml');
  const before = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    before.replace('  scopes:\n', '  windows: { maximumDays: 7, maximumUses: 5 }\n  scopes:\n'),
  );
  house = await startTestHouse({ policiesDir });
});
afterAll(async () => {
  await house.stop();
  rmSync(policiesDir, { recursive: true });
}, 60_000);

/** `/elevate` as typed, then Submit; gives its card, which asks nobody where a window lets it through. */
async function elevate(person: string, words: string, reason: string): Promise<Message> {
  const account = house.account(person);
  await house.slack.command(account, REQUESTS, `/elevate ${words} ${reason}`);
  await house.slack.waitForModal(account, 'elevation.ask');
  await house.slack.submit(account);
  await house.slack.waitForNoModal(account);
  return house.slack.waitForMessage(REQUESTS, (one) => textOf(one).includes(reason), PATIENCE);
}

it('a window is asked for, countersigned, used, used up and closed in Slack; beyond it people are asked', {
  timeout: 240_000,
}, async () => {
  const [alice, bob] = [house.account('alice'), house.account('bob')];
  await house.slack.command(
    alice,
    REQUESTS,
    `/window <@${house.account('erin')}|erin> orders-db read-orders 2x 30m 1d OPS-12 <!channel> the migration weekend`,
  );
  const modal = await house.slack.waitForModal(alice, 'window.ask');
  expect(modal.blocks.filter((block) => block.type === 'input')).toHaveLength(6);
  await house.slack.submit(alice, {});
  await house.slack.waitForNoModal(alice);
  const card = await house.slack.waitForMessage(
    REQUESTS,
    (one) => textOf(one).includes('Window Request'),
    PATIENCE,
  );
  expect(textOf(card)).toContain('2 uses, up to 30 minutes each');
  expect(textOf(card)).not.toContain('<!channel>');

  await house.slack.click(house.account('erin'), card, 'window.approve');
  await house.slack.waitForEphemeral(house.account('erin'), REQUESTS, (one) =>
    textOf(one).includes('somebody else has to decide'),
  );
  await house.slack.click(bob, card, 'window.approve');
  await house.cardSaying(card, '2 of 2 uses left');
  await house.directSaying('erin', 'lets you in to');

  const first = await elevate('erin', 'orders-db read-orders 20m', 'OPS-12 are the orders still there');
  await house.cardSaying(first, 'Access until');
  const says = await house.slack.waitForMessage(
    REQUESTS,
    (one) => one.thread_ts === first.ts && textOf(one).includes('Approved beforehand by window #1'),
    PATIENCE,
  );
  expect(textOf(says)).toContain(bob);
  expect(textOf(says)).toContain('It lets 1 more use through');
  expect(await house.credential('erin', await house.cardSaying(first, 'Show Credential'))).toContain(
    'postgresql://',
  );
  await house.cardSaying(card, '1 of 2 uses left');
  const used = await eventOf(house, { type: 'elevation.approved_beforehand' });
  expect(used.data).toMatchObject({ window: termsOf(card).id, windowSeal: termsOf(card).seal });

  const second = await elevate('erin', 'orders-db read-orders 20m', 'OPS-12 and once more before lunch');
  await house.cardSaying(second, 'Access until');
  await house.cardSaying(card, 'Used up');
  const third = await house.ask(
    'erin',
    'orders-db read-orders 20m OPS-12 a third time, which it does not cover',
  );
  await house.cardSaying(third, 'Waiting for approval: 0 of 1');
  expect(await ours(house, "SELECT state FROM gate.request WHERE capability = 'window'")).toEqual([
    { state: 'used_up' },
  ]);

  await house.slack.command(
    alice,
    REQUESTS,
    `/window <@${house.account('erin')}|erin> orders-db read-orders 5x 30m OPS-13 another weekend`,
  );
  await house.slack.waitForModal(alice, 'window.ask');
  await house.slack.submit(alice, {});
  await house.slack.waitForNoModal(alice);
  const next = await house.slack.waitForMessage(
    REQUESTS,
    (one) => one.ts !== card.ts && textOf(one).includes('Window Request'),
    PATIENCE,
  );
  await house.slack.click(bob, next, 'window.approve');
  const open = await house.cardSaying(next, '5 of 5 uses left');
  await house.slack.click(bob, open, 'window.close');
  await house.cardSaying(next, 'Window Closed');
  await house.directSaying('erin', 'lets nobody in any more');
  expect((await events(house, { request: termsOf(open).id })).map(({ type }) => type)).toEqual([
    'window.requested',
    'window.opened',
    'window.closed',
  ]);
});
