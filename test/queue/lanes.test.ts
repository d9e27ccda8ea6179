import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import { newPacketId, newRequestId } from '../../src/core/ids.js';
import { TenantId } from '../../src/core/tenant.js';
import { openQueue, type QueuePlace, type QueueSchema, type WakeQueue } from '../../src/queue/index.js';
import { freshDatabase, type TestDatabase } from '../harness/postgres.js';
import { administer } from '../harness/postgres-admin.js';
import { hasRedis, startRedis, type TestRedis } from '../harness/redis.js';

const tenant = TenantId.parse('T1');
const soon = (milliseconds: number): Date => new Date(systemClock.now().getTime() + milliseconds);

interface Lane {
  gatekeeper(): QueuePlace;
  doer(): QueuePlace;
  wipe(): Promise<void>;
}

let database: TestDatabase;
let redis: TestRedis;

const postgresLane: Lane = {
  gatekeeper: () => ({ databaseUrl: database.urls.worker }),
  doer: () => ({ databaseUrl: database.urls.doer }),
  wipe: () => administer(database.urls.admin, 'TRUNCATE bull.job, bull.meta, bull.event, bull.dedup CASCADE'),
};

const redisLane: Lane = {
  gatekeeper: () => ({ redisUrl: redis.url }),
  doer: () => ({ redisUrl: redis.url }),
  wipe: async () => {
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
  },
};

beforeAll(async () => {
  database = await freshDatabase();
  if (hasRedis) redis = await startRedis();
});
afterAll(async () => {
  await database.drop();
  if (hasRedis) await redis.stop();
});

describe.each([
  { name: 'PostgreSQL', lane: postgresLane, runs: true },
  { name: 'Redis', lane: redisLane, runs: hasRedis },
])('wake-ups on $name', ({ lane, runs }) => {
  it.runIf(runs)('rule 14: the same timer set twice wakes once, at its time', async () => {
    const queue = open(lane.gatekeeper(), 'bull');
    const requestId = newRequestId();
    const woken = collect<string>();
    queue.listen('due', async (data) => woken.push(data.requestId));
    await queue.ready();
    const at = soon(3_000);
    expect(await queue.wake('due', { tenant, requestId, version: 1 }, { at })).toBe(true);
    expect(await queue.wake('due', { tenant, requestId, version: 1 }, { at })).toBe(true);
    const last = newRequestId();
    await queue.wake('due', { tenant, requestId: last, version: 1 }, { at: soon(3_500) });

    expect(await woken.untilOne((id) => id === last)).toEqual([requestId, last]);
  });

  it.runIf(runs)('the worker wakes the doer through the queue they share', async () => {
    const worker = open(lane.gatekeeper(), 'bull_doer');
    const doer = open(lane.doer(), 'bull_doer');
    const packetId = newPacketId();
    const woken = collect<string>();
    doer.listen('doer', async (data) => woken.push(data.packetId));
    await Promise.all([worker.ready(), doer.ready()]);

    expect(await worker.wake('doer', { tenant, packetId })).toBe(true);
    expect(await woken.untilCount(1)).toEqual([packetId]);
  });

  it.runIf(runs)('a handler that throws is reported, and the same id wakes again', async () => {
    const errors: Error[] = [];
    const queue = open(lane.gatekeeper(), 'bull', errors);
    const data = { tenant, requestId: newRequestId(), version: 1 };
    const woken = collect<string>();
    queue.listen('due', async ({ requestId }) => {
      woken.push(requestId);
      if (woken.seen.length === 1) throw new Error('first time');
    });
    await queue.ready();
    await queue.wake('due', data);
    await woken.untilCount(1);
    await wakeUntil(queue, data, () => woken.seen.length >= 2);

    expect(errors.map((error) => error.message)).toContain('first time');
  });

  it.runIf(runs)(
    'rule 14: a wiped queue forgets its timers and takes new ones with the same ids',
    async () => {
      const queue = open(lane.gatekeeper(), 'bull');
      const data = { tenant, requestId: newRequestId(), version: 1 };
      const woken = collect<string>();
      queue.listen('due', async ({ requestId }) => woken.push(requestId));
      await queue.ready();
      await queue.wake('due', data, { at: soon(60_000) });
      await lane.wipe();

      expect(await queue.wake('due', data)).toBe(true);
      expect(await woken.untilCount(1)).toEqual([data.requestId]);
    },
  );
});

describe('rule 14: the queue may be away', () => {
  it('wake answers false, closing works, nothing throws', async () => {
    const errors: Error[] = [];
    const nowhere = open({ databaseUrl: 'postgresql://cs_worker:x@127.0.0.1:1/none' }, 'bull', errors);
    nowhere.listen('due', async () => {});

    expect(await nowhere.wake('due', { tenant, requestId: newRequestId(), version: 1 })).toBe(false);
    await expect.poll(() => errors.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await nowhere.close();
  });
});

function open<Schema extends QueueSchema>(place: QueuePlace, schema: Schema, errors: Error[] = []) {
  const queue = openQueue({ place, schema, clock: systemClock, onError: (error) => errors.push(error) });
  onTestFinished(() => queue.close());
  return queue;
}

/** A job's id is free again only after its handler has returned; until then BullMQ takes a wake-up for the same one. */
async function wakeUntil(
  queue: WakeQueue<'due'>,
  data: Parameters<WakeQueue<'due'>['wake']>[1],
  done: () => boolean,
) {
  await expect.poll(async () => (await queue.wake('due', data)) && done(), { timeout: 20_000 }).toBe(true);
}

function collect<T>() {
  const seen: T[] = [];
  const until = (done: () => boolean) => expect.poll(done, { timeout: 30_000, interval: 10 }).toBe(true);
  return {
    seen,
    push: (item: T): void => {
      seen.push(item);
    },
    untilCount: async (count: number): Promise<T[]> => {
      await until(() => seen.length >= count);
      return seen;
    },
    untilOne: async (matches: (item: T) => boolean): Promise<T[]> => {
      await until(() => seen.some(matches));
      return seen;
    },
  };
}
