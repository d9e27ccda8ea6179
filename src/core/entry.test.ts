import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEntry, encodeEntry, genesisHash, MAX_PAYLOAD_BYTES } from './entry.js';
import { leafHash } from './merkle.js';

const entry = {
  seq: 7,
  timeMicros: 1_700_000_000_000_000n,
  prev: Buffer.alloc(32, 0xab),
  payload: Buffer.from('{"v":1}'),
};

test('an entry has exactly the documented bytes', () => {
  const bytes = encodeEntry(entry).toString('hex');
  expect(bytes).toBe(
    `43534c31${'0001'}${'0000000000000007'}${'00060a24181e4000'}${'ab'.repeat(32)}7b2276223a317d`,
  );
});

test('what is encoded decodes to the same entry', () => {
  const arbitrary = fc.record({
    seq: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    timeMicros: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    prev: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(fc.property(arbitrary, (each) => void expect(decodeEntry(encodeEntry(each))).toEqual(each)));
});

test('an entry never exceeds what a tile can hold', () => {
  expect(encodeEntry({ ...entry, payload: Buffer.alloc(MAX_PAYLOAD_BYTES) })).toHaveLength(65_535);
  expect(() => encodeEntry({ ...entry, payload: Buffer.alloc(MAX_PAYLOAD_BYTES + 1) })).toThrow('too large');
});

test('attack 18: a seq beyond 2^53 is refused, not rounded', () => {
  const bytes = encodeEntry(entry);
  bytes.fill(0xff, 6, 14);
  expect(() => decodeEntry(bytes)).toThrow(expect.objectContaining({ code: 'ledger_entry_malformed' }));
});

test('another magic, another version and a short entry are refused', () => {
  for (const at of [0, 5]) {
    const bytes = encodeEntry(entry);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    expect(() => decodeEntry(bytes)).toThrow('malformed');
  }
  expect(() => decodeEntry(encodeEntry(entry).subarray(0, 53))).toThrow('malformed');
});

test('leaf and genesis hashes carry their prefixes', () => {
  expect(leafHash(Buffer.alloc(0)).toString('hex')).toBe(
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  );
  expect(genesisHash('a')).not.toEqual(genesisHash('b'));
});
