import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CHANNELS } from '../../scripts/demo/workspace.js';
import { withClient } from '../../scripts/lib/connection.js';
import { PATIENCE, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { type IdentityProviderStandIn, startIdentityProvider } from '../harness/identity-provider.js';
import { tryLogIn } from '../harness/postgres-admin.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { asAuditor, atTarget, eventOf, events, logIn, ours, termsOf, traces } from './evidence.js';

const GLASS = CHANNELS['codex-hps'];
const HOUR = 3_600_000;
/** A case is several waits in a row, each of which may take PATIENCE on a busy machine. */
const CASE = { timeout: 180_000 };
const WHAT = 'Orders are stuck since 09:40 and the queue is full.';
const WHY = 'The pool was exhausted. I ended one blocking session and nothing else.';

let house: TestHouse;
let identityProvider: IdentityProviderStandIn;

beforeAll(async () => {
  identityProvider = await startIdentityProvider();
  house = await startTestHouse({
    more: (name) =>
      name === 'app' || name === 'worker'
        ? { IDP_PROBE_URL: identityProvider.url, IDP_PROBE_SECONDS: '0.2' }
        : {},
  });
}, 180_000);
afterAll(async () => {
  await house?.stop();
  await identityProvider.close();
}, 60_000);

const atChannel = (channel: string, ...words: string[]): Promise<Message> =>
  waitUntil(
    `a message in ${channel} that says ${words.join(' … ')}`,
    async () =>
      (await house.slack.messages(channel)).findLast((one) =>
        words.every((word) => textOf(one).includes(word)),
      ),
    PATIENCE,
  );

const glass = (...words: string[]) => atChannel(GLASS, ...words);

/** Fills `/break-glass` and submits. */
async function submitUse(person: string, words: string, entered: Record<string, string> = {}) {
  const account = house.account(person);
  await house.slack.command(account, CHANNELS.general, `/break-glass ${words}`);
  await house.slack.waitForModal(account, 'break-glass.use');
  await house.slack.submit(account, { confirmation: 'orders-db', ...entered });
}

const shownTo = (person: string): Promise<string> =>
  waitUntil(
    'a credential',
    () =>
      /postgresql:\/\/[^"\s]+/.exec(
        JSON.stringify(house.slack.modals(house.account(person)).at(-1) ?? {}),
      )?.[0],
    PATIENCE,
  );

async function breakGlass(person: string, words: string): Promise<string> {
  await submitUse(person, words);
  const uri = await shownTo(person);
  house.slack.cancel(house.account(person));
  await house.slack.waitForNoModal(house.account(person));
  return uri;
}

const paged = (alert: string) => house.house.pager.incidents.filter((one) => one.alert === alert);

async function press(person: string, message: Message, actionId: string) {
  await house.slack.click(house.account(person), message, actionId);
}

/** What Slack told this person alone, wherever they pressed. */
const toldPrivately = (person: string, text: string) =>
  waitUntil(
    `${person} is told ${text}`,
    async () => {
      const ephemerals = await house.slack.ephemerals(house.account(person), GLASS);
      const elsewhere = await house.slack.ephemerals(house.account(person), CHANNELS.general);
      const modals = house.slack.modals(house.account(person));
      return JSON.stringify([ephemerals, elsewhere, modals]).includes(text);
    },
    PATIENCE,
  );

const justify = async (person: string, text: string) => {
  const account = house.account(person);
  await house.slack.command(account, CHANNELS.general, '/break-glass justify');
  await house.slack.waitForModal(account, 'break-glass.justify');
  await house.slack.submit(account, { text });
  await house.slack.waitForNoModal(account);
};

describe('the loop that closes itself', CASE, () => {
  let uri = '';

  test('an active SEV-1 opens the glass: alert first, credential in seconds, and it works', async () => {
    uri = await breakGlass('alice', `orders-db PINC7 ${WHAT}`);
    expect(await tryLogIn(uri)).toBe('in');
    const card = await glass('Break-Glass', 'PINC7', 'Open until');
    expect(textOf(card)).toContain(WHAT);
    expect(textOf(card)).toContain('<!date^');
    expect(textOf(await house.directSaying('dan', 'What is burning'))).toContain('Orders stuck');
    await waitUntil('the pager', () => paged('break-glass.used').length > 0, PATIENCE);
    expect(house.house.pager.forged).toEqual([]);
  });

  test('rule 7: the alert was taken before the credential was asked for', async () => {
    const types = await eventTypes();
    expect(types.indexOf('break-glass.alert_taken')).toBeGreaterThan(types.indexOf('break-glass.used'));
    expect(types.indexOf('break-glass.alert_taken')).toBeLessThan(types.indexOf('break-glass.released'));
    expect(types.indexOf('break-glass.checked_out')).toBeLessThan(
      types.indexOf('break-glass.credential_asked'),
    );
    await glass('Timeline of review', 'account open', 'credential shown');
  });

  test('a second responder gets the other account', async () => {
    const other = await breakGlass('bob', `orders-db PINC7 Helping Alice with the same incident.`);
    expect(new URL(other).username).not.toBe(new URL(uri).username);
    expect(await tryLogIn(uri)).toBe('in');
    await house.slack.command(house.account('bob'), CHANNELS.general, '/break-glass end');
    await waitUntil('the other account is dead', async () => (await tryLogIn(other)) !== 'in', PATIENCE);
    await justify('bob', WHY);
  });

  test('showing again mints anew, kills the old, and alerts', async () => {
    const before = (await house.slack.messages(GLASS)).filter((one) =>
      textOf(one).includes('was shown to'),
    ).length;
    const pages = paged('break-glass.credential_shown').length;
    const own = await house.directSaying('alice', 'break-glass.show_credential');
    await press('alice', own, 'break-glass.show_credential');
    const again = await shownTo('alice');
    house.slack.cancel(house.account('alice'));
    expect(await tryLogIn(uri)).toBe('28P01');
    expect(await tryLogIn(again)).toBe('in');
    uri = again;
    await waitUntil(
      'the alert of the showing',
      async () =>
        (await house.slack.messages(GLASS)).filter((one) => textOf(one).includes('was shown to')).length >
        before,
      PATIENCE,
    );
    await waitUntil(
      'one more page',
      () => paged('break-glass.credential_shown').length === pages + 1,
      PATIENCE,
    );
  });

  test('at the end of the window the old password is proved dead, and what stayed behind is in the review', async () => {
    await withClient(uri, (client) =>
      client.query("CREATE FUNCTION shop.trap() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"),
    );
    house.offsetClock(61 * 60_000);
    await glass('Break-Glass', 'proved dead', '<@U01ALICE>');
    expect(await tryLogIn(uri)).not.toBe('in');
    await glass('Post-Incident Review', '<@U01ALICE>', 'shop.trap()', '*open*');
  });

  test('justified in writing; an amendment stands beside it, never in its place', async () => {
    await justify('alice', WHY);
    await justify('alice', 'I also looked at three orders of one customer.');
    await glass('justified the use of break-glass', WHY, 'three orders of one customer');
  });

  test('the user cannot own, sign off or contain; the review closes only when it is whole, by a third person', async () => {
    const review = await glass('Post-Incident Review', '<@U01ALICE>', 'break-glass.sign_off');
    for (const actionId of ['break-glass.take_review', 'break-glass.sign_off'])
      await press('alice', review, actionId);
    await toldPrivately('alice', 'This was your own use');
    await press('bob', review, 'break-glass.sign_off');
    await toldPrivately('bob', 'Fill description');
    await press('dan', review, 'break-glass.write_review');
    await house.slack.waitForModal(house.account('dan'), 'break-glass.review');
    await house.slack.submit(house.account('dan'), {
      description: 'Orders were stuck from 09:40 to 10:20.',
      impact: 'No captions were delivered for 40 minutes.',
      remediation: 'One blocking session was ended.',
      prevention: 'Idle transactions get a timeout.',
    });
    await house.slack.waitForNoModal(house.account('dan'));
    await press(
      'bob',
      await glass('Post-Incident Review', 'Idle transactions get a timeout'),
      'break-glass.sign_off',
    );
    await toldPrivately('bob', 'Something stayed behind');
    const filled = await glass('Post-Incident Review', 'Idle transactions get a timeout');
    await press('dan', filled, 'break-glass.differences');
    const modal = await house.slack.waitForModal(house.account('dan'), 'break-glass.settle');
    const lines = [...JSON.stringify(modal).matchAll(/"line-\d+"/g)].map(([name]) => JSON.parse(name));
    const settle = (verdict: string) =>
      house.slack.submit(house.account('dan'), Object.fromEntries(lines.map((line) => [line, verdict])));
    await settle('undone');
    await waitUntil(
      'the form says that it still stands',
      () =>
        JSON.stringify(house.slack.modals(house.account('dan')).at(-1)).includes('still stood at the target'),
      PATIENCE,
    );
    await settle('accepted');
    await house.slack.waitForNoModal(house.account('dan'));
    const settled = await glass('Post-Incident Review', 'accepted', '<@U01ALICE>');
    await press('dan', settled, 'break-glass.sign_off');
    await toldPrivately('dan', 'You own this review');
    await press('bob', settled, 'break-glass.sign_off');
    await glass('Post-Incident Review', '<@U01ALICE>', 'Signed off by');
  });

  test('the review can be taken away as Markdown and JSON, by those who watch, with its timeline', async () => {
    const card = await glass('Post-Incident Review', '<@U01ALICE>', 'Signed off by');
    const number = /Post-Incident Review · #(\d+)/.exec(textOf(card))?.[1] ?? '';
    for (const [person, words, said] of [
      ['dan', `export ${number}`, '## Timeline'],
      ['dan', `export ${number} json`, 'security-incident'],
      ['erin', `export ${number}`, 'read this'],
    ] as const) {
      await house.slack.command(house.account(person), CHANNELS.general, `/break-glass ${words}`);
      await toldPrivately(person, said);
      house.slack.cancel(house.account(person));
      await house.slack.waitForNoModal(house.account(person));
    }
  });

  test('the loop closes itself', () => glass('Break-Glass', '<@U01ALICE>', 'Justified and reviewed: closed'));

  test('the thread tells every entry at the position where an auditor finds it, to the last', async () => {
    const card = await glass('Post-Incident Review', '<@U01ALICE>', 'Signed off by');
    const number = /Post-Incident Review · #(\d+)/.exec(textOf(card))?.[1] ?? '';
    const { use, timeline } = Exported.parse(
      await (await asAuditor(house, `/v1/break-glass/reviews/${number}`)).json(),
    );
    const routine = ['break-glass.waited', 'break-glass.review_read', 'break-glass.receipt_noted'];
    const exported = timeline.filter(({ event }) => !routine.includes(event));
    const told = await waitUntil(
      'the last entry in the thread',
      async () => {
        const lines = await timelineUnder(card);
        return lines.at(-1)?.seq === exported.at(-1)?.seq && lines;
      },
      PATIENCE,
    );
    expect(told).toEqual(exported.map(({ seq, what }) => ({ seq, what })));
    const all = await events(house);
    const children = all.flatMap(({ request, data }) => (data['use'] === use.id ? [request] : []));
    const audited = all.filter(({ request }) => request === use.id || children.includes(request));
    expect(timeline.map(({ seq, event }) => [seq, event])).toEqual(
      audited.map(({ seq, type }) => [seq, type]),
    );
    const whats = told.map(({ what }) => what);
    for (const what of [
      'alert taken in Slack',
      'end: expired',
      'justification amended',
      'verdict on differences',
    ])
      expect(whats).toContain(what);
    expect(whats.filter((what) => what === 'credential shown')).toHaveLength(2);
  });
});

describe('containing', CASE, () => {
  test('Contain ends the accesses of others on the system too: sessions die, and the ledger says on whose word', async () => {
    // What an emergency left behind lets everyone do more: nobody is granted anything until it is gone.
    await atTarget(house, 'DROP FUNCTION shop.trap()');
    const asked = await house.ask('alice', 'orders-db read-orders 30m INC-8 look at the stuck orders');
    await press('cat', asked, 'elevation.approve');
    const live = await house.cardSaying(asked, 'Access until');
    const { id } = termsOf(live);
    const uri = await house.credential('alice', live);
    const sessions = [await logIn(uri), await logIn(await breakGlass('bob', `orders-db PINC7 ${WHAT}`))];
    const review = await glass('Post-Incident Review', '<@U02BOB>', 'break-glass.contain');
    await press('bob', review, 'break-glass.contain');
    await toldPrivately('bob', 'Only security');
    expect(sessions.every((session) => session.isOpen())).toBe(true);
    await press('dan', review, 'break-glass.contain');
    for (const session of sessions) await session.died();
    await house.cardSaying(asked, 'Proved gone at the target');
    await glass('Break-Glass', '<@U02BOB>', 'Stopped by <@U04DAN>', 'proved dead');
    expect(await traces(house, new URL(uri).username)).toEqual([]);
    expect((await eventOf(house, { type: 'break-glass.contained' })).data).toMatchObject({
      what: 'contain',
      system: 'orders-db',
    });
    expect((await eventOf(house, { request: id, type: 'elevation.end_asked' })).data).toMatchObject({
      reason: 'contained',
    });
    await justify('bob', WHY);
  });
});

/** Opened on the incident's word, told by one channel alone. */
async function opensBy(channel: 'slack' | 'webhook', incident: string): Promise<void> {
  expect(await tryLogIn(await breakGlass('alice', `orders-db ${incident} ${WHAT}`))).toBe('in');
  const [use] = await ours(
    house,
    `SELECT details->'selfDeclared' AS own, details->'minutes' AS minutes, details->'alerts' AS alerts
     FROM gate.request WHERE details->>'incident' = '${incident}'`,
  );
  expect(use).toEqual({ own: false, minutes: 60, alerts: [{ channel, at: expect.any(String) }] });
}

async function endsAndJustifies(incident: string): Promise<void> {
  await house.slack.command(house.account('alice'), CHANNELS.general, '/break-glass end');
  await glass(incident, 'proved dead');
  await justify('alice', WHY);
}

describe('one of the two channels is away', CASE, () => {
  test('Slack takes no message and the pager does: the credential leaves at once, and the card comes when Slack is back', async () => {
    const { faults } = house.house.workspace.proxy;
    faults.add({ method: 'chat.postMessage', times: 100_000, status: 503 });
    await opensBy('webhook', 'INC-20');
    expect((await house.slack.messages(GLASS)).map(textOf).join()).not.toContain('INC-20');
    faults.clear();
    await glass('Break-Glass', 'INC-20', 'Open until');
    await house.directSaying('dan', 'INC-20');
    await endsAndJustifies('INC-20');
  });

  test('the pager takes nothing and Slack does: the credential leaves at once, and the page comes when the pager is back', async () => {
    const { pager } = house.house;
    pager.isAway = true;
    await opensBy('slack', 'INC-21');
    pager.isAway = false;
    await waitUntil(
      'the page',
      () => paged('break-glass.used').some(({ summary }) => summary.includes('INC-21')),
      2 * PATIENCE,
    );
    await endsAndJustifies('INC-21');
  });
});

describe('what costs more, and what is refused', CASE, () => {
  test('the name typed wrong, no incident of ours, and a stranger to the system', async () => {
    await submitUse('alice', `orders-db PINC7 ${WHAT}`, { confirmation: 'orders' });
    expect(JSON.stringify(await house.slack.waitForErrors(house.account('alice')))).toContain(
      'Type the name',
    );
    house.slack.cancel(house.account('alice'));
    await house.slack.command(house.account('dan'), CHANNELS.general, '/break-glass');
    await toldPrivately('dan', 'None of your roles');
    house.slack.cancel(house.account('dan'));
  });

  test('without a verified source it is self-declared: half an hour, and the approvers hear it too', async () => {
    house.house.pagerDuty.incidents = [];
    const uri = await breakGlass('alice', `orders-db INC-9 ${WHAT}`);
    expect(await tryLogIn(uri)).toBe('in');
    await atChannel(CHANNELS.requests, 'Break-Glass', 'INC-9', 'self-declared');
    await house.directSaying('bob', 'self-declared');
    expect(textOf(await glass('INC-9', 'Open until'))).toContain('self-declared');
    await house.slack.command(house.account('alice'), CHANNELS.general, '/break-glass end');
    await glass('INC-9', 'proved dead');
  });

  test('the identity provider away, seen by our own probe, is a ground: the whole window, and nobody’s own word', async () => {
    identityProvider.answer = () => 503;
    const enough = identityProvider.looks + 20;
    await waitUntil('both processes see it', () => identityProvider.looks > enough, PATIENCE);
    const uri = await breakGlass('bob', `orders-db INC-11 Nobody can sign in, and orders are stuck.`);
    expect(await tryLogIn(uri)).toBe('in');
    const card = textOf(await glass('INC-11', 'Open until'));
    expect(card).toContain('the identity provider is away since');
    expect(card).not.toContain('self-declared');
    const { data } = await eventOf(house, { type: 'break-glass.used' });
    expect(data).toMatchObject({ basis: { kind: 'identity_provider' }, selfDeclared: false, minutes: 60 });
    identityProvider.answer = () => 200;
    await house.slack.command(house.account('bob'), CHANNELS.general, '/break-glass end');
    await glass('INC-11', 'proved dead');
    await justify('bob', WHY);
  });

  test('24 hours later it is overdue: told, in the ledger, and the form comes in place of the credential', async () => {
    house.offsetClock(61 * 60_000 + 24 * HOUR + 5 * 60_000);
    await glass('has not justified the use');
    await house.slack.command(
      house.account('alice'),
      CHANNELS.general,
      `/break-glass orders-db INC-10 ${WHAT}`,
    );
    const form = await house.slack.waitForModal(house.account('alice'), 'break-glass.justify');
    expect(JSON.stringify(form)).toContain('overdue');
    await house.slack.submit(house.account('alice'), { text: WHY });
    await house.slack.waitForNoModal(house.account('alice'));
    await glass('justified the use of break-glass', 'Overdue since');
    expect(await eventTypes()).toContain('break-glass.justification_overdue');
  });

  test('rule 9: nothing in any channel, log or row could log in', async () => {
    const everything = JSON.stringify([
      await house.slack.messages(GLASS),
      await house.slack.messages(CHANNELS.requests),
      await house.slack.directMessages(house.account('alice')),
    ]);
    expect(everything).not.toMatch(/postgres(ql)?:\/\/[^\s"]*:[^\s"]*@/);
  });
});

const Exported = z.object({
  use: z.object({ id: z.string() }),
  timeline: z.array(z.object({ seq: z.int(), event: z.string(), what: z.string() })),
});

/** The lines of the timeline in the thread of a review. */
async function timelineUnder(card: Message): Promise<{ seq: number; what: string | undefined }[]> {
  const thread = (await house.slack.messages(GLASS)).filter((one) => one.thread_ts === card.ts);
  const timeline = thread.map(textOf).find((text) => text.includes('from the ledger')) ?? '';
  return [...timeline.matchAll(/entry (\d+) · ([^·]+) · /g)].map(([, seq, what]) => ({
    seq: Number(seq),
    what,
  }));
}

const eventTypes = async (): Promise<string[]> => (await events(house)).map((event) => event.type);
