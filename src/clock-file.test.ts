import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clockFromFile } from './clock-file.js';

const REAL = new Date('2026-01-05T10:00:00.000Z');
let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clock-'));
  file = join(directory, 'clock');
  vi.useFakeTimers({ toFake: ['Date'], now: REAL });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const offBy = (clock: { now(): Date }): number => clock.now().getTime() - Date.now();

it('two processes that share the file see it moved before a packet gets from one to the other', () => {
  const [worker, doer] = [clockFromFile(file), clockFromFile(file)];
  expect([offBy(worker), offBy(doer)]).toEqual([0, 0]);
  writeFileSync(file, '3660000');
  vi.setSystemTime(REAL.getTime() + 20);
  expect([offBy(worker), offBy(doer)]).toEqual([3_660_000, 3_660_000]);
});

it('what cannot be read keeps the last offset', () => {
  const clock = clockFromFile(file);
  writeFileSync(file, '-5000');
  expect(offBy(clock)).toBe(-5_000);
  writeFileSync(file, '');
  vi.setSystemTime(REAL.getTime() + 20);
  expect(offBy(clock)).toBe(-5_000);
});
