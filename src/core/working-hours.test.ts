import { describe, expect, it } from 'vitest';
import { addWorkingMinutes, isNight, nextWorkingMoment } from './working-hours.js';

const office = { timezone: 'Europe/Stockholm', days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60 };
const next = (at: string, hours = office) => nextWorkingMoment(new Date(at), hours).toISOString();

describe('a reminder waits for working hours, where the team is', () => {
  it.each([
    ['in the middle of a day: at once', '2026-11-20T10:00:30.000Z', '2026-11-20T10:00:30.000Z'],
    ['before work: at nine', '2026-11-20T05:12:00.000Z', '2026-11-20T08:00:00.000Z'],
    ['the last minute counts, the next does not', '2026-11-19T15:59:59.000Z', '2026-11-19T15:59:59.000Z'],
    ['after work: the next morning', '2026-11-19T16:00:00.000Z', '2026-11-20T08:00:00.000Z'],
    ['on Friday evening: Monday', '2026-11-20T20:00:00.000Z', '2026-11-23T08:00:00.000Z'],
    ['over the end of summer time: nine is nine', '2026-10-23T20:00:00.000Z', '2026-10-26T08:00:00.000Z'],
    ['over its beginning too', '2027-03-26T20:00:00.000Z', '2027-03-29T07:00:00.000Z'],
  ])('%s', (_when, at, expected) => expect(next(at)).toBe(expected));

  it('a team that works all week, all day waits for nothing', () => {
    const always = { timezone: 'UTC', days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 1_440 };
    expect(next('2026-11-21T03:33:33.000Z', always)).toBe('2026-11-21T03:33:33.000Z');
  });

  it('a team with one day a week is asked on that day', () => {
    expect(next('2026-11-24T10:00:00.000Z', { ...office, days: [1] })).toBe('2026-11-30T08:00:00.000Z');
  });
});

describe('a wait in working hours passes while the team works', () => {
  const wait = (at: string, minutes: number, hours = office, latest = '2026-12-31T00:00:00.000Z') =>
    addWorkingMinutes(new Date(at), minutes, hours, new Date(latest)).toISOString();
  it.each([
    ['within a day', '2026-11-19T08:00:00.000Z', 480, '2026-11-19T16:00:00.000Z'],
    ['over a night', '2026-11-18T15:00:00.000Z', 120, '2026-11-19T09:00:00.000Z'],
    ['over a weekend', '2026-11-20T15:50:00.000Z', 60, '2026-11-23T08:50:00.000Z'],
    ['from before work', '2026-11-20T02:00:00.000Z', 30, '2026-11-20T08:30:00.000Z'],
    ['over several days', '2026-11-16T08:00:00.000Z', 3 * 480 + 1, '2026-11-19T08:01:00.000Z'],
    ['with its seconds', '2026-11-16T08:00:30.000Z', 15, '2026-11-16T08:15:30.000Z'],
  ])('%s', (_when, at, minutes, expected) => expect(wait(at, minutes)).toBe(expected));

  it('never past the latest moment, however little a team works', () => {
    const seldom = { ...office, days: [1], to: 9 * 60 + 1 };
    const latest = '2026-11-25T00:00:00.000Z';
    expect(wait('2026-11-20T15:50:00.000Z', 480, seldom, latest)).toBe(latest);
    expect(wait('2026-11-24T15:50:00.000Z', 480, office, latest)).toBe(latest);
  });
});

it('night is night where somebody lives', () => {
  const at = new Date('2026-11-20T21:30:00.000Z');
  expect(isNight(at, 'Europe/Stockholm')).toBe(true);
  expect(isNight(at, 'UTC')).toBe(false);
  expect(isNight(at, 'America/New_York')).toBe(false);
  expect(isNight(new Date('2026-11-21T05:59:00.000Z'), 'UTC')).toBe(true);
  expect(isNight(new Date('2026-11-21T06:00:00.000Z'), 'UTC')).toBe(false);
});
