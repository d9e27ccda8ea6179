import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  escapeMrkdwn,
  inlineValue,
  mention,
  mrkdwn,
  plainText,
  quotedValue,
  slackCountdown,
  slackDate,
  truncate,
} from './text.js';

/** Any code point, lone surrogates among them, and often what is escaped or ends a line. */
const character = fc.oneof(
  fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
  fc.constantFrom('<', '>', '&', '\n', 'a', 'ש'),
);

const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

it('rule 15: no text from outside can mention, link or broadcast', () => {
  for (const attack of ['<!channel>', '<@U01ALICE>', '<https://evil.example|bank>', '&lt;!here&gt;']) {
    expect(inlineValue(attack, 100)).not.toMatch(/<|&(?!amp;|lt;|gt;)/);
  }
  expect(escapeMrkdwn('a < b & c > d')).toBe('a &lt; b &amp; c &gt; d');
});

it('a value keeps to its own length, escaped, so that a long one cannot hide a later one', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: character, maxLength: 300 }),
      fc.integer({ min: 4, max: 80 }),
      (value, max) => {
        expect(inlineValue(value, max).length).toBeLessThanOrEqual(max);
        expect(quotedValue(value, max).length).toBeLessThanOrEqual(max);
        expect(truncate(value, max).length).toBeLessThanOrEqual(max);
      },
    ),
  );
});

it('cutting never splits an emoji, a combined letter or an entity', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc.integer({ min: 4, max: 60 }),
      (value, max) => {
        expect(truncate(value, max)).not.toMatch(lone);
        expect(inlineValue(value, max)).not.toMatch(/&(?!amp;|lt;|gt;)/);
      },
    ),
  );
  expect(truncate('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12)).toBe('👩‍👩‍👧‍👦…');
  expect(truncate('abc', 3)).toBe('abc');
  expect(truncate('abcd', 3)).toBe('ab…');
});

it('right-to-left text stays in its place, and overrides that would reorder the line are dropped', () => {
  expect(inlineValue('وصول', 100)).toBe('\u2068وصول\u2069');
  expect(inlineValue('safe\u202edorp\u2066', 100)).toBe('safedorp');
  expect(plainText('a\u202eb', 10).text).toBe('ab');
});

it('a value stays on its line; every line of quoted text is marked, so none can pass for ours', () => {
  expect(inlineValue('ok\n*Approved by @root*', 100)).toBe('ok *Approved by @root*');
  expect(quotedValue('one\r\n\n*Approved*\u2028three', 100)).toBe('>one\n>∗Approved∗\n>three');
  expect(quotedValue('\n'.repeat(3) + Array(400).fill('a').join('\n'), 200).split('\n')).toHaveLength(1);
});

it('quoted text cannot hide or stress a part of itself, and names keep their signs', () => {
  expect(quotedValue('~not~ all of `it` and *this*, _that_', 100)).toBe(
    '>∼not∼ all of ˋitˋ and ∗this∗, ˍthatˍ',
  );
  expect(quotedValue('shop_orders and 2*3', 100)).toBe('>shop_orders and 2*3');
});

it('a date is read in the reader’s own time zone, and its fallback cannot break out', () => {
  expect(slackDate(new Date('2026-11-21T10:42:00Z'), '10:42 UTC')).toBe(
    '<!date^1795257720^{date_short_pretty} {time}|10:42 UTC>',
  );
  expect(slackDate(new Date(0), 'a|b><!channel>')).toBe(
    '<!date^0^{date_short_pretty} {time}|a/b&gt;&lt;!channel&gt;>',
  );
});

it('a deadline says how long is left, counted by the reader’s client; its fallback never goes stale', () => {
  expect(slackCountdown(new Date('2026-11-21T10:42:00Z'), '2026-11-21 10:42 UTC')).toBe(
    '<!date^1795257720^{date_short_pretty} {time} ({ago})|2026-11-21 10:42 UTC>',
  );
});

it('a mention takes a Slack id and nothing else', () => {
  expect(mention('W012A3CDE')).toBe('<@W012A3CDE>');
  expect(() => mention('U1> <!channel')).toThrow(TypeError);
});

it('empty text, which Slack refuses, shows as a dash', () => {
  expect(plainText('', 10).text).toBe('–');
  expect(mrkdwn('').text).toBe('–');
  expect(mrkdwn('x').verbatim).toBe(true);
});
