import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type House, startHouse } from '../../scripts/demo/house.js';
import { connectSlackClient, freePort, type SlackClient } from './slack/index.js';
import type { Message } from './slack/shapes.js';

/** The whole house on real parts, for tests: what the demo runs, with a clock the test holds. */
export interface TestHouse {
  house: House;
  slack: SlackClient;
  /** The Slack account of a person of the example organisation. */
  account(person: string): string;
  /** Moves the injected clock of every process this far from real time; they notice within a second. */
  offsetClock(milliseconds: number): void;
  /** `/elevate` as typed, then Submit; gives the request's card. */
  ask(person: string, words: string): Promise<Message>;
  /** Waits until the card of a request says `text`. */
  cardSaying(card: Message, text: string, deadlineMs?: number): Promise<Message>;
  /** Presses Show Credential; gives the address in the modal. */
  credential(person: string, card: Message): Promise<string>;
  stop(): Promise<void>;
}

export const REQUESTS = 'C01REQUESTS';

export async function startTestHouse(): Promise<TestHouse> {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-house-'));
  const clockFile = join(dataDir, 'clock-offset');
  writeFileSync(clockFile, '0');
  const house = await startHouse({
    dataDir,
    slackPort: await freePort(),
    httpPort: await freePort(),
    clockFile,
    logs: 'files',
    say: () => {},
  });
  const slack = await connectSlackClient(house.workspace.proxy.url);
  const account = (person: string): string =>
    house.files.organisation.people.find((one) => one.id === person)?.identities.slack?.[0] ?? '';
  return {
    house,
    slack,
    account,
    offsetClock: (milliseconds) => writeFileSync(clockFile, String(milliseconds)),
    ask: (person, words) => ask(slack, account(person), words),
    cardSaying: (card, text, deadlineMs) =>
      slack.waitForMessage(REQUESTS, (one) => one.ts === card.ts && textOf(one).includes(text), deadlineMs),
    credential: (person, card) => credential(slack, account(person), card),
    stop: async () => {
      slack.close();
      await house.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Everything a message shows, as one text. */
export const textOf = (message: Message): string => JSON.stringify([message.text, message.blocks]);

async function ask(slack: SlackClient, account: string, words: string): Promise<Message> {
  const before = new Set((await slack.messages(REQUESTS)).map((message) => message.ts));
  await slack.command(account, REQUESTS, `/elevate ${words}`);
  await slack.waitForModal(account, 'elevation.ask');
  await slack.submit(account);
  await slack.waitForNoModal(account);
  return slack.waitForMessage(
    REQUESTS,
    (one) => !before.has(one.ts) && textOf(one).includes('elevation.approve'),
    15_000,
  );
}

async function credential(slack: SlackClient, account: string, card: Message): Promise<string> {
  await slack.click(account, card, 'elevation.show_credential');
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    const shown = /postgresql:\/\/[^"\s]+/.exec(JSON.stringify(slack.modals(account).at(-1) ?? {}))?.[0];
    if (shown !== undefined) {
      slack.cancel(account);
      await slack.waitForNoModal(account);
      return shown;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('no credential was shown');
}
