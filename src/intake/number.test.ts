import { expect, it } from 'vitest';
import { parseNumber } from './number.js';

it.each([
  ['#12', 12],
  [' 12 ', 12],
  ['#', null],
  ['', null],
  ['#1x', null],
  ['-1', null],
  ['9999999999', null],
])('%s is the number %s', (text, number) => {
  expect(parseNumber(text)).toBe(number);
});
