import { expect, it } from 'vitest';
import { parseSince } from './since.js';

const NOW = new Date('2026-11-21T10:00:00.000Z');

it.each([
  ['since 3d', '2026-11-18T10:00:00.000Z'],
  ['SINCE  12h', '2026-11-20T22:00:00.000Z'],
  ['90m', '2026-11-21T08:30:00.000Z'],
  ['since 2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T09:30:00+01:00', '2026-11-01T08:30:00.000Z'],
])('%s is understood', (text, instant) => {
  expect(parseSince(text, NOW)?.toISOString()).toBe(instant);
});

it.each(['', 'since', 'since yesterday', '3', '2026-11-31', '2026-12-01', 'sincerely'])(
  '%s is not understood',
  (text) => {
    expect(parseSince(text, NOW)).toBeNull();
  },
);
