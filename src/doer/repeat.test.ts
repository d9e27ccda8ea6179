import { expect, test } from 'vitest';
import { repeat } from './repeat.js';

const never = { fastestMilliseconds: 3_600_000, slowestMilliseconds: 3_600_000, onError: () => undefined };

test('a wake ends the pause, and one that comes during a round is not lost', async () => {
  let rounds = 0;
  let reached = (): void => undefined;
  const third = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const loop = repeat(async () => {
    rounds += 1;
    if (rounds < 3) loop.wake();
    else reached();
    await Promise.resolve();
    return false;
  }, never);
  await third;
  await loop.stop();
  expect(rounds).toBe(3);
});

test('a round that throws is told and does not end the loop', async () => {
  const errors: unknown[] = [];
  let rounds = 0;
  let reached = (): void => undefined;
  const second = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const loop = repeat(
    async () => {
      rounds += 1;
      if (rounds === 1) throw new Error('once');
      reached();
      return false;
    },
    { fastestMilliseconds: 1, slowestMilliseconds: 1, onError: (error) => errors.push(error) },
  );
  await second;
  await loop.stop();
  expect(errors).toEqual([new Error('once')]);
});
