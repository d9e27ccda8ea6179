import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CHANNELS } from '../../scripts/demo/workspace.js';
import { startCluster } from '../../scripts/lib/embedded-postgres.js';
import { atTarget, logIn, ours } from '../flows/evidence.js';
import { PATIENCE, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import { type FaultyHouse, startFaultyHouse } from './faulty-house.js';
import { loopIsClosed, nothingCouldLogIn, useIsOver } from './glass-invariants.js';
import { type Strikes, spotsInCode, striker } from './strikes.js';

/** How long somebody looks at a screen on which nothing happens before they press again. */
const MODAL_PATIENCE = 5_000;

type Act = 'use' | 'show' | 'end' | 'justify' | 'write' | 'settle' | 'sign off';

/** What strikes during each act of one use, from the alert to the closed loop. */
const WALKS: Record<string, Partial<Record<Act, Strikes>>> = {
  'app and executor': {
    use: {
      app: ['app.committed'],
      doer: ['doer.verified', 'doer.leased', 'doer.created', 'doer.delivered'],
    },
    show: { app: ['app.clicked'], doer: ['doer.leased', 'doer.created'] },
    end: {
      app: ['app.committed'],
      doer: ['doer.rotate.leased', 'doer.rotate.changed', 'doer.receipt'],
    },
    justify: { app: ['app.committed'] },
    'sign off': { app: ['app.clicked'] },
  },
  'worker and sequencer': {
    use: {
      worker: ['worker.alerted', 'worker.posted', 'worker.claimed', 'worker.receipt'],
      sequencer: ['sequencer.drained', 'sequencer.ready', 'sequencer.appended'],
    },
    end: {
      worker: ['worker.stepped', 'worker.released', 'worker.settled', 'worker.updated'],
      sequencer: ['sequencer.appended'],
    },
    'sign off': { worker: ['worker.stepped'] },
  },
};

/** Spots of accesses that somebody granted. */
const OF_GRANTS = ['doer.readback', 'doer.end.leased', 'doer.end.dropped'];

const SHOW = 'break-glass.show_credential';
const LEAVES_BEHIND =
  "CREATE FUNCTION shop.left_behind() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'";
const WRITTEN = {
  description: 'Orders were stuck from 09:40 to 10:20.',
  impact: 'No captions were delivered for 40 minutes.',
  remediation: 'One blocking session was ended.',
  prevention: 'Idle transactions get a timeout.',
};

let house: FaultyHouse;
/** Every address anybody was shown. */
const everShown: string[] = [];

beforeAll(async () => {
  house = await startFaultyHouse();
});
afterAll(() => house?.stop(), 60_000);

test('every spot that our code names and a use passes is struck on one of these walks', () => {
  const struck = Object.values(WALKS).flatMap((walk) =>
    Object.values(walk).flatMap((strikes) => Object.values(strikes).flat()),
  );
  expect(new Set([...struck, ...OF_GRANTS])).toEqual(spotsInCode());
});

describe('rule 8: killed between two lines, again and again, and the loop closes', () => {
  test.each(Object.entries(WALKS))('%s', { timeout: 300_000 }, async (name, walk) => {
    const { during, struck } = striker(house);
    const act = (what: Act, doIt: () => Promise<void>) => during(what, walk[what] ?? {}, doIt);
    const incident = `INC-${name.replaceAll(' ', '-')}`;
    try {
      const shown = await breaks(incident, (submit) => act('use', submit));
      shown.push(...(await shows((again) => act('show', again))));
      const session = await logIn(shown.at(-1) ?? '');
      await session.run(LEAVES_BEHIND);
      await act('end', ends);
      await session.died();
      await cardSaying(incident, 'proved dead');
      await justifies((submit) => act('justify', submit));
      await reviews(incident, act);
      await cardSaying(incident, 'Justified and reviewed: closed');
      await loopIsClosed(house, incident, shown);
    } catch (error) {
      throw new Error(`${name}, killed at ${struck.join(', ')}`, { cause: error });
    }
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

async function justifies(strike: (submit: () => Promise<void>) => Promise<void>): Promise<void> {
  const alice = house.account('alice');
  await house.slack.command(alice, CHANNELS.general, '/break-glass justify');
  await house.slack.waitForModal(alice, 'break-glass.justify');
  await strike(() =>
    house.slack.submit(alice, { text: 'The pool was exhausted; I ended one blocking session.' }),
  );
  await closes(alice);
}

/** Dan writes it and settles what stayed behind, once that is gone; Bob signs it off. */
async function reviews(
  incident: string,
  act: (what: Act, doIt: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { slack } = house;
  const [dan, bob] = [house.account('dan'), house.account('bob')];
  const number = await reviewNumber(incident);
  const card = (...words: string[]) => messageSaying(`Post-Incident Review · #${number}`, ...words);
  await slack.click(dan, await card('shop.left_behind()'), 'break-glass.write_review');
  await slack.waitForModal(dan, 'break-glass.review');
  await act('write', () => slack.submit(dan, WRITTEN));
  await closes(dan);
  await atTarget(house, 'DROP FUNCTION shop.left_behind()');
  await slack.click(dan, await card(WRITTEN.prevention), 'break-glass.differences');
  const form = await slack.waitForModal(dan, 'break-glass.settle');
  const lines = form.blocks.flatMap(({ block_id: id }) => (id?.startsWith('line-') ? [id] : []));
  await act('settle', () => slack.submit(dan, Object.fromEntries(lines.map((line) => [line, 'undone']))));
  await closes(dan);
  const settled = await card(WRITTEN.prevention, ', 0 open');
  await act('sign off', () => slack.click(bob, settled, 'break-glass.sign_off'));
}

const Numbered = z.object({ number: z.int() });

async function reviewNumber(incident: string): Promise<number> {
  const [row] = await ours(
    house,
    `SELECT review.number FROM gate.request review JOIN gate.request use ON use.id = review.parent_id
     WHERE use.details->>'incident' = $1 AND review.details->>'part' = 'review'`,
    [incident],
  );
  return Numbered.parse(row).number;
}

async function press(): Promise<void> {
  const alice = house.account('alice');
  const own = await waitUntil(
    'the button in her messages',
    async () => (await house.slack.directMessages(alice)).findLast((one) => textOf(one).includes(SHOW)),
    // A check-out whose packet lapsed while nobody lived to take it is signed anew after two minutes.
    6 * PATIENCE,
  );
  await house.slack.click(alice, own, SHOW);
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
  await closes(alice);
  return uri;
}

async function closes(account: string): Promise<void> {
  while (house.slack.modals(account).length > 0) {
    house.slack.cancel(account);
    await house.slack.waitForNoModal(account);
  }
}

const ends = (): Promise<void> =>
  house.slack.command(house.account('alice'), CHANNELS.general, '/break-glass end');
