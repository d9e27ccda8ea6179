import { expect, it } from 'vitest';
import { addWorkingDays } from './working-days.js';

it.each([
  ['a Monday', '2026-11-16T09:00:00.000Z', '2026-11-23T09:00:00.000Z'],
  ['a Friday evening', '2026-11-20T23:59:59.000Z', '2026-11-27T23:59:59.000Z'],
  ['a Saturday', '2026-11-21T10:00:00.000Z', '2026-11-27T10:00:00.000Z'],
  ['a Sunday', '2026-11-22T10:00:00.000Z', '2026-11-27T10:00:00.000Z'],
  ['the week in which clocks go back', '2026-10-22T08:30:00.000Z', '2026-10-29T08:30:00.000Z'],
  ['the turn of the year', '2026-12-30T10:00:00.000Z', '2027-01-06T10:00:00.000Z'],
])('five working days from %s end at the same time of day', (_what, from, due) => {
  expect(addWorkingDays(new Date(from), 5).toISOString()).toBe(due);
});
