import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tally } from './tally.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a flood is one write an interval, with its count; what comes after a silence is written at once', async () => {
  const written: number[] = [];
  const count = tally({
    everyMilliseconds: 60_000,
    write: async (requests) => void written.push(requests),
    onError: () => undefined,
  });
  for (let requests = 0; requests < 1_000; requests += 1) await count();
  expect(written).toEqual([1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(written).toEqual([1, 999]);
  await count();
  expect(written).toEqual([1, 999]);
  await vi.advanceTimersByTimeAsync(180_000);
  expect(written).toEqual([1, 999, 1]);
  await count();
  expect(written).toEqual([1, 999, 1, 1]);
});
