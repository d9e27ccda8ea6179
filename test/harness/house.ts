import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { inject } from 'vitest';
import { type House, type HouseOptions, startHouse } from '../../scripts/demo/house.js';
import { removeCluster } from '../../scripts/lib/embedded-postgres.js';
import { atDatabase, keptConnections } from './postgres-admin.js';
import { connectSlackClient, type Entered, freePort, type SlackClient, waitUntil } from './slack/index.js';
import type { Message } from './slack/shapes.js';

/** The whole house on real parts, for tests: what the demo runs, with a clock the test holds. */
export interface TestHouse {
  house: House;
  dataDir: string;
  slack: SlackClient;
  /** As the superuser of each. */
  databases: { ours: pg.Pool; target: pg.Pool };
  /** The Slack account of a person of the example organisation. */
  account(person: string): string;
  /** Types a command until the app answers it: the first one after a start may come after its trigger lapsed. */
  untilAnswered(): Promise<void>;
  /** Moves the injected clock of every process this far from real time; they notice within a second. */
  offsetClock(milliseconds: number): void;
  /** Moves that clock on from where it is. */
  passTime(milliseconds: number): void;
  /** `/elevate` as typed, then Submit; gives the request's card. */
  ask(person: string, words: string): Promise<Message>;
  /** Presses Submit in the open form, else in the one that `open` opens; gives the errors under its fields. */
  errorsUnder(person: string, form: RefusedForm): Promise<Record<string, string>>;
  /** As `ask`, approved by one person; gives the card once the access is in force. */
  granted(person: string, words: string, approver?: string): Promise<Message>;
  /** Waits until the card of a request says `text`. */
  cardSaying(card: Message, text: string, deadlineMs?: number): Promise<Message>;
  /** Presses Show Credential; gives the address in the modal. */
  credential(person: string, card: Message): Promise<string>;
  /** Waits until the person's direct message from the app says `text`. */
  directSaying(person: string, text: string): Promise<Message>;
  stop(): Promise<void>;
}

/** How long anything in a house may take on a busy machine. */
export const PATIENCE = 30_000;

/** The app acknowledges after two seconds of its own; typing a command again must not wait for half a minute. */
const ACK_PATIENCE = 10_000;

export const REQUESTS = 'C01REQUESTS';

/** A form that will be refused. */
interface RefusedForm {
  open(): Promise<unknown>;
  entered?: Entered;
}

export async function startTestHouse(
  options: Partial<Pick<HouseOptions, 'programs' | 'slackMode' | 'more' | 'vendors' | 'policiesDir'>> = {},
): Promise<TestHouse> {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-house-'));
  chmodSync(dataDir, 0o711); // its clusters lie in it where their account may enter
  const clockFile = join(dataDir, 'clock-offset');
  writeFileSync(clockFile, '0');
  const house = await startHouse({
    // A busy machine is slow to answer, and may lose its connection; what is late by Slack's clock is test/slack's.
    slackPatience: { triggerTtlMs: PATIENCE, ackMs: ACK_PATIENCE, reconnectMs: PATIENCE },
    readySeconds: 180,
    vendors: false,
    ...options,
    programs: options.programs ?? inject('programs'),
    dataDir,
    slackPort: await freePort(),
    httpPort: await freePort(),
    clockFile,
    logs: 'files',
    say: () => {},
  });
  const slack = await connectSlackClient(house.workspace.proxy.url);
  const databases = {
    ours: keptConnections(house.ours.url),
    target: keptConnections(atDatabase(house.target.url, 'orders')),
  };
  const account = (person: string): string =>
    house.files.organisation.people.find((one) => one.id === person)?.identities.slack?.[0] ?? '';
  const cardSaying: TestHouse['cardSaying'] = (card, text, deadlineMs = PATIENCE) =>
    slack.waitForMessage(REQUESTS, (one) => one.ts === card.ts && textOf(one).includes(text), deadlineMs);
  let offset = 0;
  const offsetClock = (milliseconds: number): void => {
    offset = milliseconds;
    writeFileSync(clockFile, String(offset));
  };
  await untilAnswered(slack, account('alice'));
  return {
    house,
    dataDir,
    slack,
    databases,
    account,
    untilAnswered: () => untilAnswered(slack, account('alice')),
    offsetClock,
    passTime: (milliseconds) => offsetClock(offset + milliseconds),
    ask: (person, words) => ask(slack, account(person), words),
    errorsUnder: (person, form) => errorsUnder(slack, account(person), form),
    granted: async (person, words, approver = 'bob') => {
      const card = await ask(slack, account(person), words);
      await slack.click(account(approver), card, 'elevation.approve');
      return cardSaying(card, 'Access until');
    },
    cardSaying,
    credential: (person, card) => credential(slack, account(person), card),
    directSaying: (person, text) =>
      waitUntil(
        `a direct message to ${person} that says ${text}`,
        async () =>
          (await slack.directMessages(account(person))).findLast((one) => textOf(one).includes(text)),
        PATIENCE,
      ),
    stop: async () => {
      slack.close();
      await Promise.all([databases.ours.end(), databases.target.end()]);
      await house.stop();
      for (const cluster of ['ours', 'target-cluster']) await removeCluster(join(dataDir, cluster));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Everything a message shows, as one text. */
export const textOf = (message: Message): string => JSON.stringify([message.text, message.blocks]);

async function untilAnswered(slack: SlackClient, account: string): Promise<void> {
  const answers = async () =>
    (await slack.ephemerals(account, REQUESTS)).filter((one) => textOf(one).includes('/elevate mine')).length;
  const before = await answers();
  await waitUntil(
    'the app to answer',
    async () => {
      await slack.command(account, REQUESTS, '/elevate help');
      return (await answers()) > before;
    },
    2 * PATIENCE,
  );
}

async function ask(slack: SlackClient, account: string, words: string): Promise<Message> {
  const before = new Set((await slack.messages(REQUESTS)).map((message) => message.ts));
  await slack.command(account, REQUESTS, `/elevate ${words}`);
  await slack.waitForModal(account, 'elevation.ask');
  await slack.submit(account);
  await slack.waitForNoModal(account);
  return slack.waitForMessage(
    REQUESTS,
    (one) => !before.has(one.ts) && textOf(one).includes('elevation.approve'),
    PATIENCE,
  );
}

/** A refusal that took longer than Slack waits no longer has fields to stand under: the form is opened anew. */
async function errorsUnder(slack: SlackClient, account: string, form: RefusedForm) {
  return waitUntil(
    'errors under the fields',
    async () => {
      if (slack.modals(account).length === 0) await form.open();
      await slack.submit(account, form.entered);
      const errors = slack.errors(account);
      if (errors) return errors;
      slack.cancel(account);
      await slack.waitForNoModal(account);
      return undefined;
    },
    2 * PATIENCE,
  );
}

async function credential(slack: SlackClient, account: string, card: Message): Promise<string> {
  await slack.click(account, card, 'elevation.show_credential');
  const shown = await waitUntil(
    'a credential',
    () => /postgresql:\/\/[^"\s]+/.exec(JSON.stringify(slack.modals(account).at(-1) ?? {}))?.[0],
    PATIENCE,
  );
  slack.cancel(account);
  await slack.waitForNoModal(account);
  return shown;
}
