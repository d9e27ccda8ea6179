import { expect, test } from 'vitest';
import { differenceOf, linesOf } from './snapshot-difference.js';

const JUNK = Array.from({ length: 1_000 }, (_, index) => `orders: FUNCTION shop.a${index}() OWNER glass_1`);
const TRAPS = [
  'ROLE ghost LOGIN SUPERUSER',
  'orders: SECURITY DEFINER FUNCTION shop.trap() OWNER glass_1 BODY 1f',
  'orders: EVENT TRIGGER z ON ddl_command_end CALLS shop.trap STATE O',
  'orders: TRIGGER z ON shop.orders STATE O 2e',
  'MEMBER zed OF owners SET',
  'orders: GRANT SELECT ON TABLE shop.orders TO zed',
  'SETTING log_statement=none FOR zed',
  'orders: PUBLICATION z OWNER glass_1',
];

test('what is dangerous comes before any heap of junk, whichever side it is on', () => {
  expect(differenceOf([], [...JUNK, ...TRAPS]).slice(0, TRAPS.length)).toEqual(
    TRAPS.map((line) => ({ change: 'added', line })),
  );
  const [first] = differenceOf(['orders: POLICY own ON shop.orders 3d'], JUNK);
  expect(first).toEqual({ change: 'removed', line: 'orders: POLICY own ON shop.orders 3d' });
});

test.each([
  'orders: SECURITY DEFINER FUNCTION shop.": TABLE x"() OWNER glass_1',
  'x: TABLE: SECURITY DEFINER FUNCTION shop.trap() OWNER glass_1',
])('a name that imitates junk moves no line down: %s', (line) => {
  expect(differenceOf([], [...JUNK, line])[0]).toEqual({ change: 'added', line });
});

test('what fits no receipt is counted by kind, and only the least dangerous is', () => {
  const heap = Array.from({ length: 20_000 }, (_, index) => `orders: TABLE shop.t${index} OWNER glass_1`);
  const difference = differenceOf(['orders: SCHEMA old OWNER bob'], [...heap, ...JUNK, ...TRAPS]);
  const lines = linesOf(difference);
  const missing = difference.length - (lines.length - 1);
  expect(Buffer.byteLength(JSON.stringify(lines))).toBeLessThan(600_000);
  expect(lines.at(-1)).toEqual({
    change: 'more',
    line: `${missing} lines that do not fit here, kept by the executor: ${missing} added OTHER OBJECT`,
  });
});

test('a long line keeps its head and its tail, and no half of a character', () => {
  const [line] = linesOf(
    differenceOf([], [`orders: FUNCTION shop.f(${'🔥'.repeat(400)}) OWNER glass_1 BODY 1f`]),
  );
  expect(line?.line).toMatch(/^orders: FUNCTION shop\.f\(.*…🔥.* OWNER glass_1 BODY 1f$/u);
  expect(() => encodeURIComponent(line?.line ?? '')).not.toThrow();
});
