import { afterAll, beforeAll, expect } from 'vitest';
import { type Browser, inBrowser, startBrowser, takeScreenshot } from '../harness/browser.js';
import { PATIENCE, startTestHouse, type TestHouse } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import type { View } from '../harness/slack/shapes.js';

let house: TestHouse;
let browser: Browser;

beforeAll(async () => {
  house = await startTestHouse();
  browser = await startBrowser();
}, 180_000);
afterAll(async () => {
  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
  await browser.close();
  await house.stop();
}, 60_000);

/** Each section's text by its heading. */
function sections(view: View): Record<string, string> {
  const all: Record<string, string> = {};
  let heading = '';
  for (const block of view.blocks) {
    const text = JSON.stringify(block);
    if (block.type === 'header') heading = /Waiting for You|Your Access|History/.exec(text)?.[0] ?? '';
    else all[heading] = (all[heading] ?? '') + text;
  }
  return all;
}

const homeSaying = (person: string, section: string, text: string): Promise<Record<string, string>> =>
  waitUntil(
    `the Home of ${person} says ${text} under ${section}`,
    async () => {
      const view = await house.slack.waitForHome(house.account(person));
      const told = sections(view);
      return told[section]?.includes(text) && told;
    },
    PATIENCE,
  );

/** Looks at a Home as its person does. */
async function seeHome(person: string, text: string | RegExp, name: string): Promise<void> {
  const page = await browser.openSlack(house.house.workspace.proxy.url, house.account(person));
  await page.locator('.sidebar-item', { hasText: 'countersign' }).click();
  await page.locator('.home').getByText(text).first().waitFor();
  await takeScreenshot(page, name);
  await page.close();
}

inBrowser('before anything happened a Home says what to do', { timeout: 120_000 }, async () => {
  for (const person of ['alice', 'bob']) await house.slack.openHome(house.account(person));
  await homeSaying('alice', 'Your Access', '/elevate');
  await homeSaying('alice', 'Waiting for You', 'Nothing waits for you');
  await homeSaying('bob', 'History', 'Nothing yet');
});

inBrowser(
  'a Home follows its person: bob approves in his, alice sees the time left in hers and ends it there',
  {
    timeout: 180_000,
  },
  async () => {
    const [alice, bob] = [house.account('alice'), house.account('bob')];
    const card = await house.ask('alice', 'orders-db read-orders 15m INC-7 orders stuck since 09:40');
    await homeSaying('bob', 'Waiting for You', 'INC-7');
    await homeSaying('alice', 'Your Access', 'Waiting for approval');
    expect(sections(await house.slack.waitForHome(alice))['Waiting for You']).toContain('Nothing waits');

    await seeHome('bob', 'INC-7', 'home-1-bob');

    await house.slack.clickView(bob, 'elevation.approve');
    await homeSaying('alice', 'Your Access', '{time} ({ago})|');
    await homeSaying('bob', 'Waiting for You', 'Nothing waits');
    await seeHome('alice', /Access until .+ \(in 1[45] minutes\)/u, 'home-2-alice');
    await house.slack.clickView(alice, 'elevation.end_now');
    await house.cardSaying(card, 'Access Ended');
    await homeSaying('alice', 'History', 'Proved gone');
    await homeSaying('alice', 'Your Access', 'You hold no access');
    await seeHome('alice', 'Proved gone', 'home-3-alice-history');
  },
);

inBrowser(
  'rule 14: a Home that Slack would not take is published when it will',
  { timeout: 120_000 },
  async () => {
    const { faults } = house.house.workspace.proxy;
    faults.add({ method: 'views.publish', times: 3, status: 503 });
    await house.ask('alice', 'orders-db read-orders 15m INC-8 orders stuck since 10:40');
    await homeSaying('bob', 'Waiting for You', 'INC-8');
    faults.clear();
  },
);

inBrowser(
  'who is deactivated in Slack keeps nothing: what was pending is closed at once',
  {
    timeout: 120_000,
  },
  async () => {
    const card = await house.ask('alice', 'orders-db read-orders 15m INC-9 orders stuck since 11:40');
    await house.slack.deactivate(house.account('alice'));
    await house.cardSaying(card, 'Access Denied');
    await homeSaying('bob', 'Waiting for You', 'Nothing waits');
  },
);

inBrowser(
  'who is deactivated in Slack keeps nothing either when the event that says so is lost',
  {
    timeout: 120_000,
  },
  async () => {
    const card = await house.ask('cat', 'orders-db read-orders 15m INC-10 orders stuck since 12:40');
    await house.slack.deactivate(house.account('cat'), { isLost: true });
    await house.cardSaying(card, 'Access Denied');
  },
);
