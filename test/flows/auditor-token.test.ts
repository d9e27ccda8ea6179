import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseNote, parseVerifierKey, verifyNote } from '../../src/core/note.js';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { eventOf, events, everythingStored, ours, termsOf, verifyOverHttp } from './evidence.js';

const APPROVE = 'auditor-token.approve';
const DENY = 'auditor-token.deny';
const SHOW = 'auditor-token.show';
const REVOKE = 'auditor-token.revoke';
const HOUR = 3_600_000;

let house: TestHouse;
/** Every token a test was shown; none of them may be found anywhere. */
const shown: string[] = [];

beforeAll(async () => {
  house = await startTestHouse();
});
afterAll(() => house.stop(), 60_000);

/** `/audit-token` as typed, then Submit; gives the request's card. */
async function ask(person: string, words: string): Promise<Message> {
  const { slack } = house;
  const account = house.account(person);
  const before = new Set((await slack.messages(REQUESTS)).map((message) => message.ts));
  await slack.command(account, REQUESTS, `/audit-token ${words}`);
  await slack.waitForModal(account, 'auditor-token.ask');
  await slack.submit(account);
  await slack.waitForNoModal(account);
  return slack.waitForMessage(
    REQUESTS,
    (one) => !before.has(one.ts) && textOf(one).includes(APPROVE),
    PATIENCE,
  );
}

async function approved(words: string): Promise<Message> {
  const card = await ask('erin', words);
  await house.slack.click(house.account('dan'), card, APPROVE);
  return house.cardSaying(card, SHOW);
}

/** Presses Show Token; gives what the modal says once it is filled. */
async function pressShow(person: string, card: Message): Promise<string> {
  const { id, seal } = termsOf(card);
  const account = house.account(person);
  await house.slack.forgeClick(account, card, { action_id: SHOW, value: `${id}:${seal}` });
  const filled = await waitUntil(
    'the filled modal',
    () => {
      const text = JSON.stringify(house.slack.modals(account).at(-1)?.blocks ?? []);
      return text === '[]' || text.includes('Making your token') ? undefined : text;
    },
    PATIENCE,
  );
  house.slack.cancel(account);
  await house.slack.waitForNoModal(account);
  return filled;
}

async function tokenOf(card: Message): Promise<string> {
  const token = /csa_[\w-]{32}(?=")/.exec(await pressShow('erin', card))?.[0] ?? 'none';
  expect(token).not.toBe('none');
  shown.push(token);
  return token;
}

const statusWith = async (token: string): Promise<number> => {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${house.house.httpUrl}/v1/audit/verify`, { headers })).status;
};

const refusedPrivately = (person: string, says: string): Promise<Message> =>
  house.slack.waitForEphemeral(house.account(person), REQUESTS, (message) => textOf(message).includes(says));

it('countersigned by a second person, shown once to the asker alone, reads until revoked', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const waiting = await ask('erin', '14 Quarterly review of who had access');
  const { id } = termsOf(waiting);
  expect(textOf(waiting)).toContain('*14 days*');
  await slack.click(house.account('erin'), waiting, APPROVE);
  await refusedPrivately('erin', 'Only security decides');
  await slack.click(house.account('bob'), waiting, APPROVE);
  await refusedPrivately('bob', 'Only security decides');

  await slack.click(house.account('dan'), waiting, APPROVE);
  const card = await house.cardSaying(waiting, SHOW);
  expect(await pressShow('dan', card)).toContain('Only the person who asked for this token can see it.');
  expect(await ours(house, 'SELECT FROM gate.auditor_token')).toHaveLength(1);

  const token = await tokenOf(card);
  expect(await statusWith(token)).toBe(200);
  expect(await pressShow('erin', card)).toContain('it was already shown');
  const digest = createHash('sha256').update(token).digest('hex');
  const [stored] = await ours(house, 'SELECT label, revoked_at FROM gate.auditor_token WHERE digest = $1', [
    digest,
  ]);
  expect(stored).toMatchObject({ label: expect.stringMatching(/^request #\d+$/), revoked_at: null });
  const read = await eventOf(house, { type: 'audit.read' });
  expect(read.decision?.rules).toEqual(['audit.token_holder']);

  const issued = await house.cardSaying(card, 'It works until');
  const { seal } = termsOf(issued);
  await slack.forgeClick(house.account('bob'), issued, { action_id: REVOKE, value: `${id}:${seal}` });
  await refusedPrivately('bob', 'Only its holder and security');
  expect(await statusWith(token)).toBe(200);
  await slack.click(house.account('dan'), issued, REVOKE);
  const over = await house.cardSaying(card, 'Revoked by');
  expect(textOf(over)).not.toContain('action_id');
  expect(await statusWith(token)).toBe(401);
  expect((await eventOf(house, { type: 'audit.refused' })).data).toEqual({ requests: 1 });
  await house.directSaying('erin', 'Revoked by');

  expect((await events(house, { request: id })).map((event) => [event.type, event.decision?.rules])).toEqual([
    ['auditor-token.requested', ['auditor-token.countersign']],
    ['auditor-token.vote_refused', ['auditor-token.not_an_approver', 'auditor-token.requester_votes']],
    ['auditor-token.vote_refused', ['auditor-token.not_an_approver']],
    ['auditor-token.approved', ['auditor-token.vote']],
    ['auditor-token.show_refused', ['auditor-token.not_yours_to_see']],
    ['auditor-token.shown', ['auditor-token.show']],
    ['auditor-token.revoke_refused', ['auditor-token.not_yours_to_revoke']],
    ['auditor-token.revoked', ['auditor-token.revoke']],
  ]);
});

it('who is neither auditor nor security gets no token, and the form says what is wrong where', {
  timeout: 120_000,
}, async () => {
  const { slack } = house;
  const [alice, erin] = [house.account('alice'), house.account('erin')];
  const opening = (account: string, words: string) => async () => {
    await slack.command(account, REQUESTS, `/audit-token 7 ${words}`);
    await slack.waitForModal(account, 'auditor-token.ask');
  };
  const curious = { open: opening(alice, 'I am curious about the ledger') };
  expect(await house.errorsUnder('alice', curious)).toEqual({
    purpose: expect.stringContaining('Only auditors'),
  });
  slack.cancel(alice);
  const open = opening(erin, 'short');
  expect(await house.errorsUnder('erin', { open })).toEqual({
    purpose: expect.stringContaining('10 to 2000'),
  });
  const entered = { purpose: 'use password="hunter2hunter2" to read it' };
  expect(await house.errorsUnder('erin', { open, entered })).toEqual({
    purpose: expect.stringContaining('a password'),
  });
  slack.cancel(erin);
  await slack.waitForNoModal(erin);
  expect(await everythingStored(house)).not.toContain('hunter2hunter2');
});

it('a denied request tells why, and no token comes of it', { timeout: 120_000 }, async () => {
  const { slack } = house;
  const dan = house.account('dan');
  const card = await ask('erin', '7 Review that is not needed');
  await slack.click(dan, card, DENY);
  await slack.waitForModal(dan, 'auditor-token.deny_reason');
  await slack.submit(dan, { reason: 'The public checkpoints are enough.' });
  await slack.waitForNoModal(dan);
  await house.directSaying('erin', 'The public checkpoints are enough.');
  expect(await pressShow('erin', card)).toContain('is already denied');
});

it('everything ends by itself: a token expires, an approval nobody fetched lapses, a question nobody answered closes', {
  timeout: 120_000,
}, async () => {
  const issued = await approved('1 Review of one single day');
  const token = await tokenOf(issued);
  expect(await statusWith(token)).toBe(200);
  const unfetched = await approved('1 Review that is never begun');
  const unanswered = await ask('erin', '1 Review that nobody answers');

  house.offsetClock(25 * HOUR);
  await waitUntil('the token expires', async () => (await statusWith(token)) === 401 || undefined, PATIENCE);
  await house.cardSaying(issued, 'It expired');
  await house.cardSaying(unfetched, 'No token was made');
  await house.cardSaying(unanswered, 'That is no denial');
  expect(await pressShow('erin', unfetched)).toContain('was not fetched in time');
  for (const [card, type] of [
    [issued, 'expired'],
    [unfetched, 'lapsed'],
    [unanswered, 'timed_out'],
  ] as const) {
    const { id } = termsOf(card);
    const ended = await eventOf(house, { request: id, type: `auditor-token.${type}` });
    expect(ended.decision?.effect).toBe('oblige');
  }
});

it('rule 9: no token was stored, logged or posted; the ledger verifies', { timeout: 120_000 }, async () => {
  expect(shown).toHaveLength(2);
  const posted = [
    await house.slack.messages(REQUESTS),
    ...(await Promise.all(
      ['erin', 'dan'].map((person) => house.slack.directMessages(house.account(person))),
    )),
  ];
  const texts = [await everythingStored(house), JSON.stringify(posted)].join('\n');
  for (const token of shown) expect(texts).not.toContain(token.slice('csa_'.length));
  expect(house.house.workspace.proxy.violations.list()).toEqual([]);
  expect(await verifyOverHttp(house)).toMatchObject({ ok: true, problems: [] });
});

it('the house anchors its ledger in a file, a channel people read and a witness: three trust domains agree', {
  timeout: 120_000,
}, async () => {
  const report = await waitUntil(
    'anchors that all agree',
    async () => {
      const { anchors, ok } = await verifyOverHttp(house);
      return ok && anchors.length === 3 && anchors.every((anchor) => anchor.agrees) ? anchors : undefined;
    },
    90_000,
  );
  expect(new Set(report.map(({ domain }) => domain))).toEqual(new Set(['operations', 'slack', 'security']));
  const cosigned = await fetch(`${house.house.httpUrl}/ledger/${house.house.tenant}/checkpoint?witnesses=1`);
  const note = parseNote(await cosigned.text());
  expect(verifyNote(note, [parseVerifierKey(house.house.witness.vkey)])).toHaveLength(1);
  const posted = (await house.slack.messages('C04CHECKPOINTS')).map((message) => message.text);
  expect(posted[0]).toContain('Ledger checkpoint: ');
});
