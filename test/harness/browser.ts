import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { it } from 'vitest';
import { findChromium } from '../../scripts/lib/test-tools.js';

export type Browser = {
  /** Opens the local Slack as one person. */
  openSlack(url: string, as: string): Promise<Page>;
  close(): Promise<void>;
};

/** What keeps a Chromium from calling home, and lets it run as root in a container. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SCREENSHOTS = new URL('../../node_modules/.cache/screenshots/', import.meta.url).pathname;

/** A test that needs Chromium. Without one `npm test` has said that it is skipped, and with CI=true does not begin. */
export const inBrowser = it.skipIf(findChromium() === undefined);

/** Starts a Chromium with a profile of its own. */
export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'countersign-browser-'));
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('The browser flow needs Chromium.');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: FLAGS,
    headless: true,
    viewport: { width: 1280, height: 900 },
  });
  return {
    openSlack: (url, as) => openSlack(context, url, as),
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Keeps a picture of the page under node_modules/.cache/screenshots; gives its path. */
export async function takeScreenshot(page: Page, name: string): Promise<string> {
  await mkdir(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path });
  return path;
}

async function openSlack(context: BrowserContext, url: string, as: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}/?as=${as}`);
  await page.locator('.actas select').last().waitFor();
  await page.waitForFunction(`sessionStorage.getItem('as') === ${JSON.stringify(as)}`);
  return page;
}
