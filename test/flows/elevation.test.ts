import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { validatePayload } from '../../src/blocks/index.js';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import {
  atTarget,
  eventOf,
  events,
  eventsOf,
  everythingStored,
  logIn,
  ours,
  termsOf,
  traces,
  verifyOverHttp,
} from './evidence.js';

const APPROVE = 'elevation.approve';
const DENY = 'elevation.deny';
const SHOW = 'elevation.show_credential';
const END = 'elevation.end_now';
const HOUR = 3_600_000;
/** Longer than any request waits. */
const DAYS = 6 * 24 * HOUR;

let house: TestHouse;
/** Every password a test was shown; none of them may be found anywhere. */
const shown: string[] = [];

beforeAll(async () => {
  house = await startTestHouse();
});
afterAll(() => house.stop(), 60_000);

async function credentialOf(person: string, card: Message): Promise<URL> {
  const uri = new URL(await house.credential(person, card));
  shown.push(uri.password);
  return uri;
}

const refusedPrivately = (person: string, says: string): Promise<Message> =>
  house.slack.waitForEphemeral(house.account(person), REQUESTS, (message) => textOf(message).includes(says));

it('from /elevate to a proved end: asked, countersigned by another, shown to the asker alone, used, ended', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  await slack.command(alice, REQUESTS, '/elevate orders-db read-orders 15m INC-1: db down since 09:40');
  const modal = await slack.waitForModal(alice, 'elevation.ask');
  expect(JSON.stringify(modal.blocks)).toContain('INC-1: db down since 09:40');
  await slack.submit(alice);
  await slack.waitForNoModal(alice);
  const asked = await slack.waitForMessage(REQUESTS, (one) => textOf(one).includes(APPROVE), PATIENCE);
  expect(textOf(asked)).toMatch(/"style":"primary".*"value":"r_|"value":"r_.*"style":"primary"/);
  expect(textOf(asked)).toContain('*15 minutes*');

  await slack.click(house.account('bob'), asked, APPROVE);
  const card = await house.cardSaying(asked, 'Access until');
  expect(textOf(card)).not.toContain(APPROVE);

  await slack.click(alice, card, SHOW);
  const view = await waitUntil(
    'the credential',
    () => slack.modals(alice).find((one) => JSON.stringify(one).includes('postgresql://')),
    PATIENCE,
  );
  const lines = view.blocks.map((block) => JSON.stringify(block['text']));
  const uri = new URL(/postgresql:\/\/[^"\s]+/.exec(lines.join('\n'))?.[0] ?? '');
  shown.push(uri.password);
  for (const part of [
    uri.href,
    `User: ${uri.username}`,
    `Password: ${uri.password}`,
    `Port: ${uri.port}`,
    'Database: orders',
  ])
    expect(lines.filter((line) => line.includes('"plain_text"')).join('\n')).toContain(part);
  slack.cancel(alice);

  const session = await logIn(uri.href);
  expect(await session.run('SELECT count(*)::int AS count FROM shop.orders')).toEqual([{ count: 500 }]);
  await expect(session.run('DELETE FROM shop.orders')).rejects.toMatchObject({ code: '42501' });
  await expect(session.run('SELECT FROM shop.customers')).rejects.toMatchObject({ code: '42501' });
  const wrong = new URL(uri);
  wrong.password = 'wrong';
  await expect(logIn(wrong.href)).rejects.toMatchObject({ code: '28P01' });

  await house.directSaying('alice', 'was shown');
  await slack.click(alice, card, END);
  await session.died();
  await house.cardSaying(card, 'Proved gone at the target');
  expect(await traces(house, uri.username)).toEqual([]);
  await expect(logIn(uri.href)).rejects.toMatchObject({ code: '28P01' });
  await house.directSaying('alice', 'Proved gone at the target');

  const { id } = termsOf(asked);
  expect((await eventsOf(house, { request: id }, 9)).map((event) => event.type)).toEqual([
    'elevation.requested',
    'elevation.approved',
    'elevation.released',
    'elevation.granted',
    'elevation.credential_asked',
    'elevation.credential_shown',
    'elevation.end_asked',
    'elevation.end_sent',
    'elevation.ended',
  ]);
});

it('customer data is not offered to a contractor; two others approve what cannot be undone, and it is just that', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const grace = house.account('grace');
  await slack.command(grace, REQUESTS, '/elevate customer-db read-customers 15m SUP-9 what is stored');
  const form = JSON.stringify((await slack.waitForModal(grace, 'elevation.ask')).blocks);
  expect(form).toContain('Contractors cannot have access to customer data');
  expect(form).not.toContain('"value":"customer-');
  slack.cancel(grace);

  const asked = await house.ask('alice', 'customer-db erase-customers 15m SUP-9 they want to be forgotten');
  await slack.click(house.account('bob'), asked, APPROVE);
  const half = await house.cardSaying(asked, '1 of 2');
  await slack.click(house.account('hana'), half, APPROVE);
  const card = await house.cardSaying(asked, 'Access until');
  const session = await logIn((await credentialOf('alice', card)).href);
  await session.run("UPDATE shop.customers SET name = '', email = '' WHERE id = 1");
  await expect(session.run('DELETE FROM shop.customers')).rejects.toMatchObject({ code: '42501' });
  await expect(session.run('SELECT FROM shop.orders')).rejects.toMatchObject({ code: '42501' });
  await slack.click(house.account('alice'), card, END);
  await session.died();
  await house.cardSaying(card, 'Proved gone at the target');
});

it('rule 9: showing again mints anew and kills the earlier password; only the grantee may be shown', {
  timeout: 120_000,
}, async () => {
  const card = await house.granted('alice', 'orders-db read-orders 15m INC-2 second credential');
  const first = await credentialOf('alice', card);
  const again = await house.cardSaying(card, SHOW);
  const second = await credentialOf('alice', again);
  expect(second.username).toBe(first.username);
  await expect(logIn(first.href)).rejects.toMatchObject({ code: '28P01' });
  const session = await logIn(second.href);
  await session.close();

  await house.slack.click(house.account('bob'), again, SHOW);
  await waitUntil(
    'the refusal in the modal',
    () =>
      JSON.stringify(house.slack.modals(house.account('bob'))).includes('Only the person this access is for'),
    PATIENCE,
  );
  house.slack.cancel(house.account('bob'));
  const { id } = termsOf(card);
  expect(
    (await eventOf(house, { request: id, type: 'elevation.credential_refused' })).decision?.rules,
  ).toEqual(['elevation.not_yours_to_see']);
  await expect(logIn(second.href).then((one) => one.close())).resolves.toBeUndefined();
});

it('rule 4: the requester, a stranger, a non-approver and a forged seal decide nothing, hear why alone, and are ledgered', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const card = await house.ask('bob', 'orders-db read-orders 15m INC-3 who may decide');
  const { id, seal } = termsOf(card);

  await slack.click(house.account('bob'), card, APPROVE);
  await refusedPrivately('bob', 'somebody else has to decide');
  await slack.click(house.account('erin'), card, APPROVE);
  await refusedPrivately('erin', 'approver role');
  await slack.forgeClick('U99STRANGER', card, { action_id: APPROVE, value: `${id}:${seal}` });
  await eventOf(house, { type: 'slack.stranger_refused' });
  await slack.forgeClick(house.account('frank'), card, { action_id: APPROVE, value: `${id}:${seal}` });
  await waitUntil(
    'the leaver is refused',
    async () =>
      (await events(house, { request: id, type: 'elevation.vote_refused' })).some((event) =>
        event.decision?.rules.includes('elevation.inactive_actor'),
      ),
    PATIENCE,
  );
  await slack.forgeClick(house.account('cat'), card, {
    action_id: APPROVE,
    value: `${id}:${'0'.repeat(64)}`,
  });
  await refusedPrivately('cat', 'changed after this message was shown');
  await slack.forgeClick(house.account('cat'), card, { action_id: APPROVE, value: 'r_nonsense' });
  await refusedPrivately('cat', 'not one of ours');

  const refusals = await eventsOf(house, { request: id, type: 'elevation.vote_refused' }, 4);
  expect(refusals.map((event) => event.decision?.rules)).toEqual([
    expect.arrayContaining(['elevation.requester_votes']),
    ['elevation.not_an_approver'],
    expect.arrayContaining(['elevation.inactive_actor']),
    ['elevation.seal_changed'],
  ]);
  expect(await ours(house, 'SELECT state, version FROM gate.request WHERE id = $1', [id])).toEqual([
    { state: 'pending', version: 1 },
  ]);
  expect(await ours(house, 'SELECT FROM gate.vote WHERE request_id = $1', [id])).toEqual([]);
});

it('rule 4: who left Slack between the question and the vote is refused; unknown standing is never a yes', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const { faults } = house.house.workspace.proxy;
  const card = await house.ask('alice', 'orders-db read-orders 15m INC-4 approver left');
  const { id } = termsOf(card);
  // The worker asks about those with open requests, too: each fault is for one person and enough for both.
  const [bob, cat] = [house.account('bob'), house.account('cat')];
  faults.add({ method: 'users.info', user: cat, error: 'user_not_found' });
  await slack.click(cat, card, APPROVE);
  await refusedPrivately('cat', 'not active here');
  faults.add({ method: 'users.info', user: bob, times: 1_000, status: 503 });
  await slack.click(bob, card, APPROVE);
  await refusedPrivately('bob', 'Slack did not answer');
  faults.clear();
  expect(await ours(house, 'SELECT state FROM gate.request WHERE id = $1', [id])).toEqual([
    { state: 'pending' },
  ]);
  expect((await eventsOf(house, { request: id }, 2)).map((event) => event.decision?.effect)).toEqual([
    'require_hitl',
    'block',
  ]);
});

it('a denial reaches the requester with its reason; whoever comes after hears it was decided, and old buttons grant nothing', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const card = await house.ask('alice', 'orders-db read-orders 15m INC-5 to be denied');
  const { id, seal } = termsOf(card);
  await slack.click(house.account('bob'), card, DENY);
  await slack.waitForModal(house.account('bob'), 'elevation.deny_reason');
  await slack.submit(house.account('bob'), { reason: 'Use the replica, please.' });
  await slack.waitForNoModal(house.account('bob'));
  await house.directSaying('alice', 'Use the replica, please.');
  const decided = await house.cardSaying(card, 'Access Denied');
  expect(textOf(decided)).not.toContain('action_id');
  await expect(slack.click(house.account('cat'), decided, APPROVE)).rejects.toThrow('no elevation.approve');
  await slack.forgeClick(house.account('cat'), card, { action_id: APPROVE, value: `${id}:${seal}` });
  await refusedPrivately('cat', 'is already denied');
  expect((await eventsOf(house, { request: id }, 2)).map((event) => event.type)).toEqual([
    'elevation.requested',
    'elevation.denied',
  ]);
});

it('what cannot be undone takes two: one yes is progress in place, the second grants', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const card = await house.ask('alice', 'orders-db purge-orders 15m INC-6 remove the test orders');
  await slack.click(house.account('bob'), card, APPROVE);
  const halfway = await house.cardSaying(card, '1 of 2');
  await slack.click(house.account('bob'), halfway, APPROVE);
  await refusedPrivately('bob', 'voted on this request already');
  await slack.click(house.account('cat'), halfway, APPROVE);
  const live = await house.cardSaying(card, 'Access until');
  await slack.click(house.account('dan'), live, END);
  await house.cardSaying(card, 'Revoked by');
  await house.cardSaying(card, 'Proved gone at the target');
});

it('the form says what is wrong under the field it is wrong in', { timeout: 120_000 }, async () => {
  const { slack } = house;
  const alice = house.account('alice');
  const refusals = async () =>
    (await events(house, { type: 'elevation.request_refused' })).flatMap((event) => event.decision?.rules);
  const open = async () => {
    await slack.command(alice, REQUESTS, '/elevate orders-db read-orders 500m INC-7 far too long');
    await slack.waitForModal(alice, 'elevation.ask');
  };
  expect(await house.errorsUnder('alice', { open })).toEqual({ duration: 'Ask for at most 240 minutes.' });
  const short = { duration: '15', reason: 'short' };
  expect(Object.keys(await house.errorsUnder('alice', { open, entered: short }))).toEqual(['reason']);
  slack.cancel(alice);
  await slack.waitForNoModal(alice);
  await waitUntil(
    'both refusals in the ledger',
    async () => (await refusals()).includes('elevation.reason_length'),
    PATIENCE,
  );
  // A refusal that comes late is submitted, and refused, again.
  expect([...new Set(await refusals())]).toEqual(['elevation.duration_long', 'elevation.reason_length']);
});

it('rule 15: a reason that holds a secret is refused and the secret is stored nowhere', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const [alice, bob] = [house.account('alice'), house.account('bob')];
  const password = 'hunter2hunter2hunter2';
  const secret = `postgresql://svc:${password}@db/orders`;
  const asking = {
    open: async () => {
      await slack.command(alice, REQUESTS, '/elevate orders-db read-orders 15m');
      await slack.waitForModal(alice, 'elevation.ask');
    },
    entered: { reason: `please use ${secret} for this` },
  };
  expect((await house.errorsUnder('alice', asking))['reason']).toContain('connection string');
  slack.cancel(alice);

  const card = await house.ask('alice', 'orders-db read-orders 15m INC-8 denied with a secret');
  const denying = {
    open: async () => {
      await slack.click(bob, card, DENY);
      await slack.waitForModal(bob, 'elevation.deny_reason');
    },
    entered: { reason: `no, take ${secret}` },
  };
  expect((await house.errorsUnder('bob', denying))['reason']).toContain('secret');
  slack.cancel(bob);
  await slack.waitForNoModal(bob);
  expect(await everythingStored(house)).not.toContain(password);
});

it.each([
  ['a colon and an incident', 'INC-1: db down'],
  ['mentions and markup', '<!channel> <@U01ALICE> *bold* `code` <https://evil.example|Approve> & more'],
  ['right-to-left text and overrides', 'السبب: قاعدة البيانات متوقفة \u202eevorppA\u202c now'],
  ['emoji and joined graphemes', '🚨👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 incident nine'],
  ['two thousand characters', `INC-9 ${'&'.repeat(1_994)}`],
])(
  "rule 15: a reason of %s shows as data, within Slack's limits",
  { timeout: 120_000 },
  async (_kind, reason) => {
    const { slack } = house;
    const alice = house.account('alice');
    const before = new Set((await slack.messages(REQUESTS)).map((message) => message.ts));
    await slack.command(alice, REQUESTS, '/elevate orders-db read-orders 15m');
    await slack.waitForModal(alice, 'elevation.ask');
    await slack.submit(alice, { reason });
    await slack.waitForNoModal(alice);
    const card = await slack.waitForMessage(
      REQUESTS,
      (message) => !before.has(message.ts) && textOf(message).includes(APPROVE),
      PATIENCE,
    );
    expect(validatePayload({ message: { text: card.text, blocks: card.blocks } })).toEqual([]);
    expect(textOf(card)).not.toMatch(/<!channel>|<https:|\u202e/);
    const { id } = termsOf(card);
    expect(
      await ours(house, "SELECT details->>'reason' AS reason FROM gate.request WHERE id = $1", [id]),
    ).toEqual([{ reason }]);
  },
);

it('nobody answered: the request closes by itself and says that this is no denial', {
  timeout: 120_000,
}, async () => {
  const card = await house.ask('alice', 'orders-db read-orders 15m INC-10 nobody answers');
  const { id, seal } = termsOf(card);
  house.offsetClock(DAYS);
  await house.cardSaying(card, 'That is no denial');
  await house.directSaying('alice', 'Nobody answered in time');
  await house.slack.forgeClick(house.account('bob'), card, { action_id: APPROVE, value: `${id}:${seal}` });
  await refusedPrivately('bob', 'nobody answered in time');
  expect((await eventOf(house, { request: id, type: 'elevation.timed_out' })).decision?.effect).toBe(
    'oblige',
  );
});

it('rule 11: at its end the open session dies, the account is gone, and the card says it is proved', {
  timeout: 120_000,
}, async () => {
  const card = await house.granted('alice', 'orders-db migrate-orders 60m INC-11 runs out', 'cat');
  const uri = await credentialOf('alice', card);
  const session = await logIn(uri.href);
  await session.run('CREATE TABLE shop.left_behind (id int)');
  expect(session.isOpen()).toBe(true);
  house.offsetClock(DAYS + 2 * HOUR);
  await session.died();
  await house.cardSaying(card, 'Proved gone at the target');
  expect(await traces(house, uri.username)).toEqual([]);
  expect(await atTarget(house, "SELECT FROM pg_tables WHERE tablename = 'left_behind'")).toEqual([]);
  await house.directSaying('alice', 'The time is over');
});

it('rule 9: no password was stored, logged or posted; every call to Slack kept its limits', {
  timeout: 120_000,
}, async () => {
  expect(shown.length).toBeGreaterThan(3);
  const channels = await house.slack.messages(REQUESTS);
  const direct = await Promise.all(
    ['alice', 'bob', 'cat'].map((person) => house.slack.directMessages(house.account(person))),
  );
  const texts = [await everythingStored(house), JSON.stringify([channels, direct])].join('\n');
  for (const password of shown) expect(texts).not.toContain(password);
  expect(texts).not.toMatch(/postgresql:\/\/cs_[^\s"]*@/);
  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
});

it('the ledger verifies over HTTP and by the CLI; one changed byte is found and named', {
  timeout: 120_000,
}, async () => {
  expect(await verifyOverHttp(house)).toMatchObject({ ok: true, problems: [] });
  expect(await countersignVerify()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^OK: \d+ entries verify/),
  });

  const seq = 3;
  const [table] = await ours(
    house,
    'SELECT tableoid::regclass::text AS name FROM ledger.ledger_entry WHERE seq = $1',
    [seq],
  );
  await ours(
    house,
    `ALTER TABLE ${String(table?.['name'])} DISABLE TRIGGER ALL;
     UPDATE ${String(table?.['name'])} SET entry = set_byte(entry, octet_length(entry) - 2, get_byte(entry, octet_length(entry) - 2) # 1) WHERE seq = ${seq}`,
  );
  const verdict = await verifyOverHttp(house);
  expect(verdict.ok).toBe(false);
  expect(verdict.problems.map((problem) => problem.seq)).toContain(seq);
  expect(await countersignVerify()).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`entry ${seq}`),
  });
});

async function countersignVerify(): Promise<{ code: number; stdout: string }> {
  const { httpUrl, secrets } = house.house;
  const args = [
    'run',
    '--silent',
    'countersign',
    '--',
    'audit',
    'verify',
    '--http',
    httpUrl,
    '--token',
    secrets.auditorToken,
  ];
  try {
    const { stdout } = await promisify(execFile)('npm', args, { cwd: resolve(import.meta.dirname, '../..') });
    return { code: 0, stdout };
  } catch (error) {
    return {
      code: 1,
      stdout: error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error),
    };
  }
}
