import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codeWhole, inlineWhole, paged, quotedWhole } from './whole.js';

const unescaped = (text: string): string =>
  text
    .replace(/[\u2068\u2069]/gu, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

it.each([
  ['words', 'INC-1: orders are stuck. '.repeat(80)],
  ['one word', 'x'.repeat(2_000)],
  ['what is escaped', '<&>'.repeat(666)],
  ['lines', 'x\n'.repeat(1_000)],
  ['right-to-left text', 'סיבת העבודה '.repeat(166)],
  ['emoji', '👩‍👩‍👧‍👦'.repeat(180)],
])('a reason of two thousand characters, %s, is quoted without losing one', (_what, reason) => {
  const pages = paged(quotedWhole(reason));
  for (const page of pages) expect(page.length).toBeLessThanOrEqual(2_400);
  for (const line of pages.join('\n').split('\n')) expect(line).toMatch(/^>/u);
  const read = unescaped(pages.join('\n').replace(/^>/gmu, '').replaceAll('\n', ''));
  expect(read.replace(/\s/gu, '')).toBe(reason.replace(/\s/gu, ''));
});

it('lines share a text as long as they fit, in their order, none cut and none left out', () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 2_400 }));
  fc.assert(
    fc.property(lines, (all) => {
      const pages = paged(all);
      expect(pages.flatMap((page) => page.split('\n'))).toEqual(all);
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(2_400);
    }),
  );
});

it('a value is whole however much of it is escaped', () => {
  const hostile = '<!channel>&'.repeat(18);
  expect(unescaped(inlineWhole(hostile))).toBe(hostile);
  expect(unescaped(codeWhole(hostile))).toBe(`\`${hostile}\``);
});
