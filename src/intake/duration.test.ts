import { expect, it } from 'vitest';
import { parseDuration } from './index.js';

it.each([
  ['45', 45],
  ['45m', 45],
  ['2h', 120],
  ['1h30m', 90],
  ['1H30M', 90],
  ['90minutes', 90],
  ['1d', 1_440],
])('understands %s', (text, minutes) => expect(parseDuration(text)).toBe(minutes));

it.each(['', '0', '0m', 'soon', '-5', '1.5h', '5x', '1h30', 'h', '99999999'])(
  'does not guess at %j',
  (text) => expect(parseDuration(text)).toBeNull(),
);
