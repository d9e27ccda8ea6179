import { expect, it } from 'vitest';
import { durationFirst, spokenDurationAt } from './index.js';

const words = (text: string) => text.split(' ');

it.each([
  ['15m fix it', 15, 'fix it'],
  ['2 hours fix it', 120, 'fix it'],
  ['30 minutes INC-1', 30, 'INC-1'],
  ['2 hours, then more', 120, 'then more'],
  ['1 hour 30 minutes fix it', 90, 'fix it'],
  ['1h 30m fix it', 90, 'fix it'],
  ['for 2 hrs fix it', 120, 'fix it'],
  ['30m 2h of backlog', 30, '2h of backlog'],
  ['45 bare minutes', 45, 'bare minutes'],
  ['45', 45, ''],
])('%s begins with a duration, and its unit is none of the other words', (text, minutes, rest) => {
  expect(durationFirst(words(text))).toEqual({
    minutes,
    namesStart: false,
    rest: rest.split(' ').filter(Boolean),
  });
});

it.each([
  ['tomorrow 09:00 30m deploy', 30, 'tomorrow 09:00 deploy'],
  ['at 9 am for 30m deploy', 30, 'at 9 am deploy'],
  ['on 2026-12-01 1 hour deploy', 60, 'on 2026-12-01 deploy'],
  ['30m tomorrow 9am deploy', 30, 'tomorrow 9am deploy'],
  ['next monday deploy', null, 'next monday deploy'],
])('%s names a start, which stays among the words', (text, minutes, rest) => {
  expect(durationFirst(words(text))).toEqual({ minutes, namesStart: true, rest: words(rest) });
});

it.each(['soon please', '-5m please', '0m please', 'for ever', 'the 30m job hangs', 'today only'])(
  '%s begins with no duration and names no start, and no word is lost',
  (text) => {
    expect(durationFirst(words(text))).toEqual({ minutes: null, namesStart: false, rest: words(text) });
  },
);

it('in running text a number alone is no duration', () => {
  expect(spokenDurationAt(words('since 40 people'), 1)).toBeNull();
  expect(spokenDurationAt(words('since 40 minutes'), 1)).toEqual({ minutes: 40, taken: 2 });
});
