import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startLoop } from './loop.js';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const promise = () => {
  let resolve: () => void = () => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { done, resolve };
};

it('a round that throws is logged and followed by another: a loop never dies', async () => {
  const second = promise();
  const errors: unknown[] = [];
  let rounds = 0;
  const loop = startLoop({
    name: 'test',
    idle: 60_000,
    log: { ...log, error: (fault: unknown) => errors.push(fault) },
    round: async () => {
      rounds += 1;
      if (rounds === 1) throw new Error('postgres restarts');
      second.resolve();
      return false;
    },
  });
  loop.wake();
  await second.done;
  await loop.stop();
  expect(errors).toHaveLength(1);
});

it('goes on at once while there is something to do, and a wake ends the pause', async () => {
  const [idle, woken] = [promise(), promise()];
  let rounds = 0;
  const loop = startLoop({
    name: 'test',
    idle: 60_000,
    log,
    round: async () => {
      rounds += 1;
      if (rounds === 3) idle.resolve();
      if (rounds === 4) woken.resolve();
      return rounds < 3;
    },
  });
  await idle.done;
  await new Promise((resolve) => setImmediate(resolve));
  loop.wake();
  await woken.done;
  await loop.stop();
  expect(rounds).toBe(4);
});

it('stop waits for the round in hand', async () => {
  const [begun, release] = [promise(), promise()];
  let finished = false;
  const loop = startLoop({
    name: 'test',
    idle: 0,
    log,
    round: async () => {
      begun.resolve();
      await release.done;
      finished = true;
      return false;
    },
  });
  await begun.done;
  const stopped = loop.stop();
  release.resolve();
  await stopped;
  expect(finished).toBe(true);
});

it('looks seldom once there was nothing for a while, and often again after a wake', async () => {
  let rounds = 0;
  const loop = startLoop({
    name: 'test',
    idle: 1,
    rest: 200,
    log,
    round: async () => {
      rounds += 1;
      return false;
    },
  });
  const roundsIn = async (milliseconds: number) => {
    const before = rounds;
    await delay(milliseconds);
    return rounds - before;
  };
  const atRest = 4;
  expect(await roundsIn(600)).toBeGreaterThan(atRest);
  await delay(1_600);
  expect(await roundsIn(600)).toBeLessThanOrEqual(atRest);
  loop.wake();
  expect(await roundsIn(600)).toBeGreaterThan(atRest);
  await loop.stop();
});
