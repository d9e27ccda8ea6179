import { describe, expect, test } from 'vitest';
import { parseStrictJson } from './strict-json.js';

test('canonical text is read', () => {
  expect(parseStrictJson(Buffer.from('{"a":[1,null,"é"],"b":{}}'))).toEqual({ a: [1, null, 'é'], b: {} });
});

describe('attack 17: bytes that two readers could read as two values are refused', () => {
  test.each([
    ['duplicate keys', '{"a":1,"a":2}'],
    ['keys out of order', '{"b":1,"a":2}'],
    ['an integer beyond 2^53', '{"a":9007199254740993}'],
    ['a number out of range', '{"a":1e999}'],
    ['another spelling of a number', '{"a":1.0}'],
    ['minus zero', '{"a":-0}'],
    ['spaces', '{"a": 1}'],
    ['a needless escape', '{"a":"\\u0041"}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['a byte order mark', '\ufeff{}'],
    ['trailing text', '{}x'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(() => parseStrictJson(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'json_ambiguous' }),
    );
  });

  test('bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('strict JSON');
  });
});
