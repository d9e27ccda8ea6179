import { expect, it } from 'vitest';
import { afterName, parseSince, whatIsWrong } from './since.js';

const NOW = new Date('2026-11-21T10:00:00.000Z');

it.each([
  ['since 3d', '2026-11-18T10:00:00.000Z'],
  ['since 3 days', '2026-11-18T10:00:00.000Z'],
  ['3 days ago', '2026-11-18T10:00:00.000Z'],
  ['2h ago', '2026-11-21T08:00:00.000Z'],
  ['since 1 week', '2026-11-14T10:00:00.000Z'],
  ['SINCE  12h', '2026-11-20T22:00:00.000Z'],
  ['90m', '2026-11-21T08:30:00.000Z'],
  ['since yesterday', '2026-11-20T00:00:00.000Z'],
  ['Today', '2026-11-21T00:00:00.000Z'],
  ['since 2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T09:30:00+01:00', '2026-11-01T08:30:00.000Z'],
])('%s is understood', (text, instant) => {
  expect(parseSince(text, NOW)).toEqual({ at: new Date(instant) });
});

it.each([
  ['', 'none'],
  ['since', 'none'],
  ['2026-12-01', 'ahead'],
  ['3', 'unclear'],
  ['3 days before the party', 'unclear'],
  ['2026-11-31', 'unclear'],
  ['sincerely', 'unclear'],
])('%j is no time: %s', (text, fault) => {
  expect(parseSince(text, NOW)).toEqual({ fault });
});

it('a name that nobody has ends at since, and what is wrong is said of person and time', () => {
  expect(parseSince(afterName('Mallory Moe since 3d'), NOW)).toEqual(parseSince('3d', NOW));
  expect(parseSince(afterName('3d'), NOW)).toEqual(parseSince('3d', NOW));
  expect(whatIsWrong('ahead', true)).toBe('The time lies ahead.');
  expect(whatIsWrong('unclear', false)).toBe('That names no one person. Since when was not understood.');
});
