import { afterEach, beforeEach, expect, it } from 'vitest';
import { end } from '../../src/capabilities/break-glass/end.js';
import { addWorkingDays } from '../../src/capabilities/break-glass/working-days.js';
import { capabilities, type VerbContext } from '../../src/capabilities/index.js';
import { noFaults } from '../../src/core/faults.js';
import type { RequestId } from '../../src/core/tenant.js';
import { startTimers } from '../../src/edges/queue/run.js';
import { openQueue, type WakeQueue } from '../../src/queue/index.js';
import { readDueRequests } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import { waitUntil } from '../harness/slack/index.js';
import { asking, type Glass, HOUR, openGlass } from './break-glass-use.js';
import { person, tenant } from './gatekeeper.js';

const alice = person('alice');
const DAY = 24 * HOUR;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** No BullMQ at all: what it is told is lost. */
const lost: WakeQueue<'due'> = {
  wake: async () => false,
  listen: () => {},
  ready: async () => {},
  close: async () => {},
};

let glass: Glass;
let use: RequestId;
let begunAt: number;

beforeEach(async () => {
  glass = await openGlass();
  use = await glass.opens(alice);
  begunAt = glass.clock.now().getTime();
  await end(glass.context, use, asking(alice));
  await glass.proves(use);
});
afterEach(() => glass.close());

/** A worker's timers over Postgres, until nothing is due any more at `hours` after the first showing. */
async function runsAt(hours: number, context: VerbContext, gate = lost, workers = 1): Promise<void> {
  glass.clock.set(new Date(begunAt + hours * HOUR));
  const timers = Array.from({ length: workers }, () =>
    startTimers({ context, capabilities, gate, hook: noFaults, log }),
  );
  const isQuiet = async () => {
    const due = { now: glass.clock.now(), take: 10, except: [] };
    return (await readDueRequests(context.store, tenant, due)).length === 0;
  };
  await waitUntil(`nothing is due after ${hours} hours`, isQuiet);
  for (const one of timers) await one.stop();
}

/** How often the ledger has it. */
const entries = (type: string): Promise<number> =>
  withClient(glass.database.urls.admin, async (admin) => {
    const { rowCount } = await admin.query(
      "SELECT FROM ledger.ledger_inbox WHERE strpos(convert_from(payload, 'utf8'), $1) > 0",
      [`"type":"break-glass.${type}"`],
    );
    return rowCount ?? 0;
  });

/** Hours from the first showing until the review is due. */
const reviewHours = () => (addWorkingDays(new Date(begunAt), 5).getTime() - begunAt) / HOUR;

async function wipe(): Promise<number> {
  return withClient(glass.database.urls.admin, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'bull'",
    );
    let jobs = 0;
    for (const { name } of rows) jobs += (await admin.query(`SELECT FROM ${name}`)).rowCount ?? 0;
    await admin.query(`TRUNCATE ${rows.map(({ name }) => name).join()} CASCADE`);
    return jobs;
  });
}

it('with every job of the queue wiped, the sweep over Postgres finds the 24 hours and the five working days', async () => {
  const { clock, context, database } = glass;
  const queue = openQueue({
    place: { databaseUrl: database.urls.worker },
    schema: 'bull',
    clock,
    onError: () => {},
  });
  await queue.ready();
  for (const child of [await glass.readJustification(use), await glass.readReview(use)]) {
    const { id: requestId, version, dueAt } = child;
    expect(await queue.wake('due', { tenant, requestId, version }, { at: dueAt ?? clock.now() })).toBe(true);
  }
  expect(await wipe()).toBeGreaterThan(0);
  await runsAt(24, context, queue);
  expect((await glass.readJustification(use)).state).toBe('justification_overdue');
  await runsAt(reviewHours(), context, queue);
  expect((await glass.readReview(use)).state).toBe('review_overdue');
  expect([await entries('justification_overdue'), await entries('review_overdue')]).toEqual([1, 1]);
  await queue.close();
});

it('with no queue at all and a new worker at each step, every reminder and both deadlines come once', async () => {
  for (const hours of [12, 20, 23, 24, reviewHours()]) await runsAt(hours, await glass.restart());
  expect((await glass.readJustification(use)).details).toMatchObject({ reminders: 3 });
  expect([await entries('reminded'), await entries('justification_overdue')]).toEqual([3, 1]);
  expect(await entries('review_overdue')).toBe(1);
  expect(await glass.breaks(alice, { within: await glass.restart() })).toMatchObject({
    code: 'break-glass.justification_overdue',
  });
});

it('a clock that jumps over two reminders gives both once, whoever of two workers is first, and then the third in time', async () => {
  await runsAt(21, glass.context, lost, 2);
  const { dueAt, details } = await glass.readJustification(use);
  expect(details.reminders).toBe(2);
  expect(dueAt?.getTime()).toBe(begunAt + 23 * HOUR);
  await runsAt(22, await glass.restart(), lost, 2);
  expect(await entries('reminded')).toBe(2);
  await runsAt(23, glass.context, lost, 2);
  expect(await entries('reminded')).toBe(3);
});

it('a clock that jumps three weeks is overdue at once, without a reminder, and escalates once; set back, it takes nothing back', async () => {
  await runsAt(21 * 24, glass.context, lost, 2);
  const late = await glass.readJustification(use);
  expect(late).toMatchObject({ state: 'justification_overdue', details: { reminders: 0 } });
  expect(late.details.overdueAt).toBe(new Date(begunAt + DAY).toISOString());
  expect([await entries('reminded'), await entries('justification_overdue')]).toEqual([0, 1]);
  expect(await entries('review_overdue')).toBe(1);
  expect((await glass.readReview(use)).dueAt).toEqual(addWorkingDays(glass.clock.now(), 1));

  await runsAt(1, await glass.restart(), lost, 2);
  expect((await glass.readJustification(use)).state).toBe('justification_overdue');
  expect((await glass.readReview(use)).state).toBe('review_overdue');
  expect([await entries('justification_overdue'), await entries('review_overdue')]).toEqual([1, 1]);
});
