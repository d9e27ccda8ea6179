import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Browser, inBrowser, startBrowser, takeScreenshot } from '../harness/browser.js';
import { PATIENCE, startTestHouse, type TestHouse } from '../harness/house.js';
import { logIn } from './evidence.js';

let house: TestHouse;
let browser: Browser;

beforeAll(async () => {
  house = await startTestHouse();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await house.stop();
}, 60_000);

const openAs = async (person: string): Promise<Page> => {
  const page = await browser.openSlack(house.house.workspace.proxy.url, house.account(person));
  page.setDefaultTimeout(PATIENCE);
  return page;
};

const card = (page: Page): Locator => page.locator('.msg', { hasText: 'Sealed terms' }).last();

inBrowser(
  'in a real browser: alice asks, bob approves, alice alone sees her credential and gives it back',
  {
    timeout: 180_000,
  },
  async () => {
    const [alice, bob] = [await openAs('alice'), await openAs('bob')];
    await alice
      .locator('.composer-input')
      .fill('/elevate orders-db read-orders 15m INC-1 orders stuck since 09:40');
    await alice.locator('.composer-input').press('Enter');
    const form = alice.getByRole('dialog', { name: 'Request Access' });
    await form.waitFor();
    expect(await form.getByLabel('System and scope').inputValue()).toBe('orders-db/read-orders');
    expect(await form.getByLabel('Minutes').inputValue()).toBe('15');
    expect(await form.getByLabel('Reason').inputValue()).toBe('INC-1 orders stuck since 09:40');
    await takeScreenshot(alice, 'flow-1-modal');
    await form.getByRole('button', { name: 'Submit' }).click();
    await form.waitFor({ state: 'detached' });

    await card(alice).getByRole('button', { name: 'Approve', exact: true }).click();
    await alice.getByText('somebody else has to decide').waitFor();
    expect(await bob.getByText('somebody else has to decide').count()).toBe(0);
    await takeScreenshot(alice, 'flow-2-refusal');

    await takeScreenshot(bob, 'flow-3-card');
    await card(bob).getByRole('button', { name: 'Approve', exact: true }).click();
    await card(bob).getByText('Access until').waitFor();
    expect(await card(bob).getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
    await takeScreenshot(bob, 'flow-4-granted');

    await card(alice).getByRole('button', { name: 'Show Credential' }).click();
    const shown = alice.getByRole('dialog', { name: 'Your Credential' });
    await shown.getByText('postgresql://').waitFor();
    const uri = /postgresql:\/\/\S+?\/orders/.exec((await shown.textContent()) ?? '')?.[0] ?? '';
    await takeScreenshot(alice, 'flow-5-credential');
    expect(await bob.getByText('postgresql://').count()).toBe(0);
    const session = await logIn(uri);
    expect(await session.run('SELECT count(*)::int AS count FROM shop.orders')).toEqual([{ count: 500 }]);
    await alice.keyboard.press('Escape');
    await shown.waitFor({ state: 'detached' });

    await card(alice).getByRole('button', { name: 'End Now' }).click();
    await session.died();
    await card(alice).getByText('Proved gone at the target').waitFor();
    await takeScreenshot(alice, 'flow-6-ended');
    expect(house.house.workspace.proxy.violations.list()).toEqual([]);
  },
);
