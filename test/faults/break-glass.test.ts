import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProcessName } from '../../scripts/demo/processes.js';
import { CHANNELS } from '../../scripts/demo/workspace.js';
import { startCluster } from '../../scripts/lib/embedded-postgres.js';
import { logIn, ours } from '../flows/evidence.js';
import { PATIENCE, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import { type FaultyHouse, startFaultyHouse } from './faulty-house.js';
import { nothingCouldLogIn, useIsOver } from './glass-invariants.js';

/** How long somebody looks at a screen on which nothing happens before they press again. */
const MODAL_PATIENCE = 5_000;

type Act = 'use' | 'show' | 'end';

interface Fault {
  process: ProcessName;
  spot: string;
  /** What the person does when it strikes. */
  during: Act;
}

const FAULTS: Fault[] = [
  { process: 'app', spot: 'app.committed', during: 'use' },
  { process: 'app', spot: 'app.committed', during: 'show' },
  { process: 'app', spot: 'app.committed', during: 'end' },
  { process: 'sequencer', spot: 'sequencer.appended', during: 'use' },
  { process: 'worker', spot: 'worker.posted', during: 'use' },
  { process: 'worker', spot: 'worker.released', during: 'use' },
  { process: 'worker', spot: 'worker.settled', during: 'use' },
  { process: 'worker', spot: 'worker.stepped', during: 'end' },
  { process: 'doer', spot: 'doer.created', during: 'use' },
  { process: 'doer', spot: 'doer.created', during: 'show' },
  { process: 'doer', spot: 'doer.rotate.changed', during: 'end' },
];

let house: FaultyHouse;
/** Every address anybody was shown. */
const everShown: string[] = [];

beforeAll(async () => {
  house = await startFaultyHouse();
});
afterAll(() => house?.stop(), 60_000);

describe('rule 8: killed between two lines, started again, and the loop closes', () => {
  test.each(FAULTS)('$process at $spot during $during', { timeout: 150_000 }, async (fault) => {
    const incident = `INC-${fault.spot}-${fault.during}`;
    const strike = (act: Act, doIt: () => Promise<void>) => strikeDuring(fault, act, doIt);
    const first = await breaks(incident, (submit) => strike('use', submit));
    const shown = [...first, ...(await shows((press) => strike('show', press)))];
    const session = await logIn(shown.at(-1) ?? '');
    await strike('end', ends);
    if (fault.during === 'end' && fault.process === 'app') await ends();
    await session.died();
    await cardSaying(incident, 'proved dead');
    await useIsOver(house, incident, shown);
  });
});

test('rule 11: a target that is away keeps the end waiting, loudly, and not one second after it is back', {
  timeout: 150_000,
}, async () => {
  const shown = await breaks('INC-target', (submit) => submit());
  const { target, secrets } = house.house;
  await target.kill();
  await ends();
  await cardSaying('INC-target', 'has not proved');
  await messageSaying('Alarm 1', 'nothing proves yet');
  await startCluster({ dataDir: target.dataDir, port: target.port, password: secrets.target });
  house.passMinute();
  await cardSaying('INC-target', 'proved dead');
  await useIsOver(house, 'INC-target', shown);
});

test('neither Slack nor the pager takes anything: after 15 s it is their own word, opened for half an hour, and told once they are back', {
  timeout: 150_000,
}, async () => {
  const { pager, workspace } = house.house;
  const { faults } = workspace.proxy;
  pager.isAway = true;
  faults.add({ method: 'chat.postMessage', times: 100_000, status: 503 });
  const shown = await breaks('PINC7', async (submit) => {
    await submit();
    house.passMinute();
  });
  expect(
    await ours(
      house,
      "SELECT details->'selfDeclared' AS own, details->'minutes' AS minutes, details->'alerts' AS alerts FROM gate.request WHERE details->>'incident' = 'PINC7'",
    ),
  ).toEqual([{ own: true, minutes: 30, alerts: [] }]);
  faults.clear();
  pager.isAway = false;
  await waitUntil(
    'the pager has it',
    () => pager.incidents.some(({ summary }) => summary.includes('PINC7')),
    2 * PATIENCE,
  );
  await cardSaying('PINC7', 'no channel took the alert in time');
  await messageSaying('was shown to');
  await ends();
  await cardSaying('PINC7', 'proved dead');
  for (const uri of shown) await expect(logIn(uri)).rejects.toThrow();
});

test('rule 9: whatever died, nothing stored, logged or said could log in', () =>
  nothingCouldLogIn(house, everShown));

const messageSaying = (...words: string[]) =>
  waitUntil(
    `a message that says ${words.join(' … ')}`,
    async () =>
      (await house.slack.messages(CHANNELS['codex-hps'])).findLast((one) =>
        words.every((word) => textOf(one).includes(word)),
      ),
    2 * PATIENCE,
  );

const cardSaying = (incident: string, words: string) => messageSaying(`for ${incident}`, words);

/** `/break-glass` to the credential; by the button in their messages where the form could not show it. */
async function breaks(incident: string, strike: (submit: () => Promise<void>) => Promise<void>) {
  const alice = house.account('alice');
  await house.slack.command(
    alice,
    CHANNELS.general,
    `/break-glass orders-db ${incident} Orders are stuck again.`,
  );
  await house.slack.waitForModal(alice, 'break-glass.use');
  await strike(() => house.slack.submit(alice, { confirmation: 'orders-db' }));
  return shownOrAskedAgain();
}

async function shows(strike: (press: () => Promise<void>) => Promise<void>): Promise<string[]> {
  await strike(press);
  return shownOrAskedAgain();
}

async function press(): Promise<void> {
  const own = await house.directSaying('alice', 'break-glass.show_credential');
  await house.slack.click(house.account('alice'), own, 'break-glass.show_credential');
}

/** Presses again as long as nothing is shown: what a person does whose form fell silent. */
async function shownOrAskedAgain(): Promise<string[]> {
  for (let tries = 0; tries < 3; tries += 1) {
    const uri = await shownNow();
    if (uri !== null) {
      everShown.push(uri);
      return [uri];
    }
    await press();
  }
  throw new Error('no credential was shown');
}

/** The address in the modal on top, where a person reads it; null where it says something else for good, or none opens. */
async function shownNow(): Promise<string | null> {
  const alice = house.account('alice');
  const top = (): string => JSON.stringify(house.slack.modals(alice).at(-1) ?? null);
  const address = (): string | undefined => /postgresql:\/\/[^"\s]+/.exec(top())?.[0];
  const isWaiting = (): boolean => top().includes('This takes seconds');
  await waitUntil('a modal opens', () => top() !== 'null', MODAL_PATIENCE).catch(() => undefined);
  await waitUntil('the modal says something', () => address() !== undefined || !isWaiting(), 2 * PATIENCE);
  const uri = address() ?? null;
  while (house.slack.modals(alice).length > 0) {
    house.slack.cancel(alice);
    await house.slack.waitForNoModal(alice);
  }
  return uri;
}

const ends = (): Promise<void> =>
  house.slack.command(house.account('alice'), CHANNELS.general, '/break-glass end');

/** Does it, with the fault armed if it is to strike now; then waits for the successor. */
async function strikeDuring(fault: Fault, act: Act, doIt: () => Promise<void>): Promise<void> {
  if (fault.during !== act) return doIt();
  const { died } = house.arm(fault.process, fault.spot);
  await doIt();
  await died();
  if (fault.process === 'worker') house.passMinute();
}
