import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import { newRequestId } from '../../src/core/ids.js';
import { TenantId } from '../../src/core/tenant.js';
import { openQueue } from '../../src/queue/index.js';
import { hasRedis, startRedis } from '../harness/redis.js';
import { blackHole } from './black-hole.js';

const tenant = TenantId.parse('T1');
const wakeUp = () => ({ tenant, requestId: newRequestId(), version: 1 });

it.runIf(hasRedis)(
  'rule 14: a Redis that takes connections and never answers is left alone, and found again by itself',
  async () => {
    const redis = await startRedis();
    onTestFinished(redis.stop);
    const hole = await blackHole(Number(new URL(redis.url).port));
    onTestFinished(hole.close);
    const errors: string[] = [];
    const open = (redisUrl: string) => {
      const queue = openQueue({
        place: { redisUrl },
        schema: 'bull',
        clock: systemClock,
        onError: ({ message }) => errors.push(message),
      });
      onTestFinished(queue.close);
      return queue;
    };
    const queue = open(`redis://127.0.0.1:${hole.port}/0`);
    const listener = open(redis.url);
    const woken: string[] = [];
    listener.listen('due', async ({ requestId }) => {
      woken.push(requestId);
    });
    await Promise.all([queue.ready(), listener.ready()]);
    expect(await queue.wake('due', wakeUp())).toBe(true);

    hole.swallow();
    const swallowed = await Promise.all(Array.from({ length: 10_000 }, () => queue.wake('due', wakeUp())));
    expect(swallowed).not.toContain(true);
    const since = performance.now();
    for (let count = 0; count < 10; count += 1) expect(await queue.wake('due', wakeUp())).toBe(false);
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(errors).toContain('the queue does not answer');

    hole.mend();
    const last = wakeUp();
    await expect.poll(() => queue.wake('due', last), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => woken, { timeout: 20_000 }).toContain(last.requestId);
  },
  90_000,
);
