import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

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
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
const SCREENSHOTS = new URL('../../node_modules/.cache/screenshots/', import.meta.url).pathname;

/** Starts a Chromium with a profile of its own. Installs Debian's when there is none and we may. */
export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'countersign-browser-'));
  const executablePath = findChromium() ?? installChromium();
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

function findChromium(): string | undefined {
  const paths = FOLDERS.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path));
}

function installChromium(): string {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      'The browser flow needs Chromium: install it (Debian: apt-get install chromium) and run again.',
    );
  }
  process.stderr.write('Installing Chromium with apt-get, which takes about a minute.\n');
  execFileSync('apt-get', ['update', '-q'], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('apt-get', ['install', '-y', '-q', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const path = findChromium();
  if (path === undefined)
    throw new Error('apt-get installed no Chromium: install one by hand and run again.');
  return path;
}
