import { afterAll, beforeAll, expect, it } from 'vitest';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { eventOf, events, logIn, termsOf, traces, verifyOverHttp } from './evidence.js';

const APPROVE = 'elevation.approve';
const AGAIN = 'elevation.request_again';
const REVOKE = 'elevation.revoke';
const MINUTE = 60_000;

let house: TestHouse;

beforeAll(async () => {
  house = await startTestHouse();
});
afterAll(() => house.stop(), 60_000);

const command = (person: string, words: string) =>
  house.slack.command(house.account(person), REQUESTS, `/elevate ${words}`);

const told = (person: string, text: string): Promise<Message> =>
  house.slack.waitForEphemeral(house.account(person), REQUESTS, (message) => textOf(message).includes(text));

const numberOf = (card: Message): string => /#(\d+)/.exec(textOf(card))?.[1] ?? '';

async function openAsk(words: string): Promise<void> {
  await command('alice', words);
  await house.slack.waitForModal(house.account('alice'), 'elevation.ask');
}

/** What the Story modal of `person` shows once it says `text`. */
async function story(person: string, card: Message, text: string): Promise<string> {
  const { slack } = house;
  const account = house.account(person);
  await command(person, `status #${numberOf(card)}`);
  const shown = await waitUntil(
    `a story that says ${text}`,
    () => {
      const view = slack.modals(account).findLast((one) => one.callback_id === 'elevation.story');
      const said = JSON.stringify(view?.blocks ?? []);
      return said.includes(text) && said;
    },
    PATIENCE,
  );
  slack.cancel(account);
  await slack.waitForNoModal(account);
  return shown;
}

it('warned before the end, its holder asks again in one click: a linked request that people decide, and the old one ends on time', {
  timeout: 180_000,
}, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  const old = await house.granted('alice', 'orders-db read-orders 60m INC-1 repair the stuck orders');
  const account = new URL(await house.credential('alice', old)).username;
  house.passTime(49 * MINUTE);
  const warning = await house.directSaying('alice', 'Finish what you are doing');
  expect(textOf(warning)).toContain(`Your access #${numberOf(old)}`);

  await slack.click(alice, warning, AGAIN);
  const anew = await slack.waitForMessage(
    REQUESTS,
    (one) => textOf(one).includes(`again after #${numberOf(old)}`),
    PATIENCE,
  );
  expect(textOf(anew)).toContain('Waiting for approval: 0 of 1');
  expect(textOf(anew)).toContain('repair the stuck orders');
  await slack.click(alice, warning, AGAIN);
  await slack.waitForEphemeral(alice, warning.channel, (one) =>
    textOf(one).includes(`You asked again already: #${numberOf(anew)}`),
  );

  house.passTime(12 * MINUTE);
  await house.cardSaying(old, 'The time is over');
  await house.cardSaying(old, 'Proved gone at the target');
  expect(await traces(house, account)).toEqual([]);
  const over = await house.directSaying(
    'alice',
    `#${numberOf(old)} to *Read orders* on *Orders database* is over`,
  );
  expect(over.ts).toBe(warning.ts);
  expect(textOf(over)).not.toContain(AGAIN);
  await house.cardSaying(anew, 'Waiting for approval: 0 of 1');

  await slack.click(house.account('cat'), anew, APPROVE);
  const live = await house.cardSaying(anew, 'Access until');
  const session = await logIn(await house.credential('alice', live));
  expect(await session.run('SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  await session.close();
});

it('an approver revokes with a reason its holder reads: the open session dies, and the end is proved; a bystander cannot', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const [bob, erin] = [house.account('bob'), house.account('erin')];
  const card = await house.granted('alice', 'orders-db write-orders 30m INC-2 correct two orders');
  const uri = await house.credential('alice', card);
  const session = await logIn(uri);

  const revoking = {
    open: async () => {
      await slack.click(erin, card, REVOKE);
      await slack.waitForModal(erin, REVOKE);
    },
    entered: { why: 'I would rather not' },
  };
  expect(Object.values(await house.errorsUnder('erin', revoking)).join()).toContain(
    'approvers and security can end it',
  );
  slack.cancel(erin);
  expect(session.isOpen()).toBe(true);

  await slack.click(bob, card, REVOKE);
  await slack.waitForModal(bob, REVOKE);
  await slack.submit(bob, { why: 'that is the wrong table' });
  await slack.waitForNoModal(bob);
  await session.died();
  await house.cardSaying(card, 'Revoked by <@U02BOB>');
  const ended = await house.cardSaying(card, 'Proved gone at the target');
  expect(textOf(ended)).toContain('that is the wrong table');
  expect(await traces(house, new URL(uri).username)).toEqual([]);
  await house.directSaying('alice', 'that is the wrong table');
});

it('rule 13: two grants of one scope to one person never cut each other; /elevate end ends the one it names', {
  timeout: 180_000,
}, async () => {
  const first = await house.granted('cat', 'orders-db read-orders 30m INC-3 the first of two');
  const second = await house.granted('cat', 'orders-db read-orders 30m INC-4 the second of two');
  const uris = [await house.credential('cat', first), await house.credential('cat', second)] as const;
  const [one, other] = [await logIn(uris[0]), await logIn(uris[1])];

  await command('cat', 'end');
  await told('cat', 'You have several');
  await command('cat', `end #${numberOf(first)}`);
  await told('cat', `Access #${numberOf(first)} is ending`);
  await one.died();
  await house.cardSaying(first, 'Proved gone at the target');
  expect(await traces(house, new URL(uris[0]).username)).toEqual([]);
  expect(await other.run('SELECT count(*) > 0 AS reads FROM shop.orders')).toEqual([{ reads: true }]);
  const anotherSession = await logIn(uris[1]);
  expect(textOf(await house.cardSaying(second, 'Access until'))).toContain(REVOKE);

  await command('cat', 'end');
  await told('cat', `Access #${numberOf(second)} is ending`);
  await other.died();
  await anotherSession.died();
  await house.cardSaying(second, 'Proved gone at the target');
  expect(await traces(house, new URL(uris[1]).username)).toEqual([]);
});

it('the story of a request names rules, votes, seal and ledger positions, and refuses who is not concerned', {
  timeout: 120_000,
}, async () => {
  const card = await house.ask('alice', 'orders-db read-orders 20m INC-5 a story worth telling');
  const { id, seal } = termsOf(card);
  await house.slack.click(house.account('alice'), card, APPROVE);
  await eventOf(house, { request: id, type: 'elevation.vote_refused' });
  await house.slack.click(house.account('bob'), card, APPROVE);
  await house.cardSaying(card, 'Access until');
  await command('alice', `end #${numberOf(card)}`);
  await house.cardSaying(card, 'Proved gone at the target');
  await eventOf(house, { request: id, type: 'elevation.ended' });

  const shown = await story('alice', card, 'elevation.ended');
  for (const event of await events(house, { request: id })) {
    expect(shown).toContain(`${event.type} `);
    for (const rule of event.decision?.rules ?? []) expect(shown).toContain(rule);
  }
  expect(shown).toContain('<@U02BOB>: approve');
  expect(shown).toContain('a story worth telling');
  for (const line of shown.split('`#').slice(1))
    expect(line, 'who did it, what decided and why').toMatch(
      / by (?:<@U\w+>|worker|app|doer).* · (?:allow|require_hitl|deny|oblige): .*\\n {6}\S/,
    );
  expect(shown).toMatch(/\*Grant\*.*credentials shown: \d.*\*End\*.*proved gone/);
  expect(shown).toContain('You asked for this access, so somebody else has to decide on it.');
  expect(shown).toContain(seal);
  expect(shown).toMatch(/`#\d+` elevation\.requested/);

  const refused = await story('grace', card, 'Only the people of this request');
  expect(refused).not.toContain('worth telling');
  expect(refused).not.toContain('elevation.requested');
  expect((await eventOf(house, { request: id, type: 'elevation.follow_refused' })).decision?.rules).toEqual([
    'elevation.not_yours_to_follow',
  ]);
});

it('all of it is in a ledger that verifies, and every call to Slack kept its limits', {
  timeout: 60_000,
}, async () => {
  expect(await verifyOverHttp(house)).toMatchObject({ ok: true, problems: [] });
  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
});

it('where a ticket must be open another one is refused under its field, and the access ends with its ticket', {
  timeout: 180_000,
}, async () => {
  const { slack } = house;
  const words = (ticket: string) =>
    `customer-content read-captions 30m ${ticket} a customer reports a caption`;
  const refused = { open: () => openAsk(words('SUP-404')), entered: {} };
  expect(await house.errorsUnder('alice', refused)).toEqual({
    ticket: expect.stringContaining('its tracker does not say so of this one'),
  });
  slack.cancel(house.account('alice'));
  await slack.waitForNoModal(house.account('alice'));

  const card = await house.ask('alice', words('SUP-9'));
  await slack.click(house.account('bob'), card, APPROVE);
  await house.cardSaying(card, '1 of 2');
  await slack.click(house.account('hana'), card, APPROVE);
  await house.cardSaying(card, 'Access until');
  await fetch(`${house.house.tickets.url}/browse/SUP-9?status=done`, { method: 'PUT' });
  house.passTime(11 * MINUTE);
  await house.cardSaying(card, 'Its ticket SUP-9 was closed');
  await house.cardSaying(card, 'Proved gone at the target');
});
