import { expect } from 'vitest';
import { z } from 'zod';
import type { RequestId } from '../../src/core/tenant.js';
import { accountOf } from '../../src/doer/grant-record.js';
import { atTarget, events, ours, verifyOverHttp } from '../flows/evidence.js';
import { PATIENCE, REQUESTS, type TestHouse, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';

/** What must be true of an ended elevation whatever died on the way, and of the house once it is quiet. */

/** Rule 8: one grant in the ledger, one beginning at the executor. */
async function grantedOnce(house: TestHouse, id: RequestId): Promise<void> {
  expect(await events(house, { request: id, type: 'elevation.granted' })).toHaveLength(1);
  expect(await ours(house, 'SELECT FROM doer.grant_record WHERE request_id = $1', [id])).toHaveLength(1);
}

/** Rules 4 and 7: a person who is not the requester voted, and each step's entry stands before the next one's. */
async function grantedByItsVote(house: TestHouse, id: RequestId): Promise<void> {
  const votes = await ours(
    house,
    `SELECT v.verdict FROM gate.vote v JOIN gate.request r ON r.tenant = v.tenant AND r.id = v.request_id
     WHERE r.id = $1 AND v.principal NOT IN (r.requester, r.subject)`,
    [id],
  );
  expect(votes).toEqual([{ verdict: 'approve' }]);
  const types = (await events(house, { request: id })).map((event) => event.type);
  const order = ['requested', 'approved', 'released', 'granted'].map((what) =>
    types.indexOf(`elevation.${what}`),
  );
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(types.filter((type) => type === 'elevation.approved')).toHaveLength(1);
}

/** Rule 11: proved ended once, and true: no account, no session of it, none of an account that is gone. */
async function goneFromTarget(house: TestHouse, id: RequestId): Promise<void> {
  expect(await events(house, { request: id, type: 'elevation.ended' })).toHaveLength(1);
  const traces = await atTarget(
    house,
    `SELECT 'account' AS what FROM pg_roles WHERE rolname = $1
     UNION ALL SELECT 'session' FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND usesysid IS NOT NULL -- null: still logging in
       AND (usename = $1 OR NOT EXISTS (SELECT FROM pg_roles WHERE oid = usesysid))`,
    [accountOf(id)],
  );
  expect(traces).toEqual([]);
}

const Row = z.object({ number: z.int(), seal: z.string(), requester: z.string(), warned: z.boolean() });

/** What tells the direct messages of a request that ended apart: of the asking, its outcome, a showing, the end to come. */
const [ASKED, OUTCOME, SHOWN, ENDING] = [
  'It is decided.',
  'Proved gone',
  'If that was not you',
  '* is over.',
];

/** Rule 14: every message is there and shows the end; a card posted twice shows it twice. */
async function messagesShowTheEnd(house: TestHouse, id: RequestId, { cards = 1 } = {}): Promise<void> {
  const [row] = await ours(
    house,
    `SELECT number, details->>'seal' AS seal, requester, details->>'warnedAt' IS NOT NULL AS warned
     FROM gate.request WHERE id = $1`,
    [id],
  );
  const { number, seal, requester, warned } = Row.parse(row);
  const isCard = (message: Message): boolean =>
    textOf(message).includes(`Sealed terms \`${seal.slice(0, 16)}\``);
  const found = (await house.slack.messages(REQUESTS)).filter(isCard);
  expect(found.map((card) => textOf(card).includes('Access Ended'))).toEqual(Array(cards).fill(true));
  const placed = new Set(found.map((card) => card.ts));
  const lines = (await house.slack.messages(REQUESTS)).filter(
    (message) => placed.has(message.thread_ts ?? '') && textOf(message).includes('Credential shown'),
  );
  const showings = await events(house, { request: id, type: 'elevation.credential_shown' });
  expect(lines).toHaveLength(showings.length);
  const direct = (await house.slack.directMessages(house.account(requester))).map(textOf);
  const told = direct.filter((text) => new RegExp(`#${number}\\b`).test(text));
  const due = [ASKED, OUTCOME, ...showings.map(() => SHOWN), ...(warned ? [ENDING] : [])];
  const saying = told.map((text) => [ASKED, OUTCOME, SHOWN, ENDING].filter((words) => text.includes(words)));
  expect(saying.flat().toSorted()).toEqual(due.toSorted());
  expect(told).toHaveLength(due.length);
}

/** Nothing is left to do: no effect, no receipt, no event waits. Slack takes a message a second in a channel. */
export async function nothingWaits(house: TestHouse, deadlineMs = 3 * PATIENCE): Promise<void> {
  await waitUntil(
    'nothing waits any more',
    async () => {
      const waiting = await ours(
        house,
        `SELECT 'outbox ' || kind AS what FROM gate.outbox UNION ALL SELECT 'receipt' FROM gate.receipt_inbox
         UNION ALL SELECT 'event' FROM ledger.ledger_inbox`,
      );
      return waiting.length === 0;
    },
    deadlineMs,
  );
}

export async function ledgerVerifies(house: TestHouse): Promise<void> {
  expect(await verifyOverHttp(house)).toMatchObject({ ok: true, problems: [] });
}

/** All of them, for requests that were granted and ended. */
export async function allHold(
  house: TestHouse,
  ids: readonly RequestId[],
  { deadlineMs, ...shown }: { cards?: number; deadlineMs?: number } = {},
) {
  await nothingWaits(house, deadlineMs);
  for (const id of ids) {
    await grantedOnce(house, id);
    await grantedByItsVote(house, id);
    await goneFromTarget(house, id);
    await messagesShowTheEnd(house, id, shown);
  }
  await ledgerVerifies(house);
}
