import fc from 'fast-check';
import { expect, test } from 'vitest';
import { genesisHash } from '../core/entry.js';
import { leafHash } from '../core/merkle.js';
import { buildBatch } from './batch.js';
import { checkChain, type StoredEntry } from './check-chain.js';
import { emptyEdge, encodeEdge } from './tree.js';

const origin = 'countersign.log/T1';
const COUNT = 12;
const { entries, starts, lengths, after } = buildBatch(
  {
    tenant: 'T1',
    origin,
    partial: [],
    epoch: 1,
    size: 0,
    lastLeaf: genesisHash(origin),
    edge: emptyEdge(),
    timeMicros: 0n,
  },
  Array.from({ length: COUNT }, (_, index) => ({
    eventId: `${index}`,
    payload: Buffer.from(`{"n":${index}}`),
  })),
  new Date('2026-11-21T12:00:00Z'),
);
const head = { size: COUNT, lastLeaf: after.lastLeaf, edge: encodeEdge(after.edge) };
const log: StoredEntry[] = starts.map((start, seq) => {
  const entry = entries.subarray(start - 1, start - 1 + (lengths[seq] ?? 0));
  return { seq, entry, leafHash: leafHash(entry) };
});

function verify(stored: readonly StoredEntry[]) {
  const check = checkChain(origin);
  for (const each of stored) check.add(each);
  return check.finish(head).sort((left, right) => (left.seq ?? COUNT) - (right.seq ?? COUNT));
}

/** As a superuser's UPDATE leaves it: the generated hash follows the bytes. */
function flip(seq: number, bit: number): StoredEntry[] {
  return log.map((stored) => {
    if (stored.seq !== seq) return stored;
    const entry = Buffer.from(stored.entry);
    const at = Math.floor(bit / 8) % entry.length;
    entry.writeUInt8(entry.readUInt8(at) ^ (1 << (bit % 8)), at);
    return { seq, entry, leafHash: leafHash(entry) };
  });
}

test('an untouched log verifies', () => {
  expect(verify(log)).toEqual([]);
});

test('attacks 1 and 2: any flipped bit is caught and the entry named, though its leaf hash was rewritten too', () => {
  fc.assert(
    fc.property(fc.nat({ max: COUNT - 1 }), fc.nat({ max: 54 * 8 + 50 }), (seq, bit) => {
      const problems = verify(flip(seq, bit));
      expect(problems.filter((problem) => problem.seq !== null).map((problem) => problem.seq)).toContain(seq);
      expect(problems[0]?.seq).toBe(seq);
    }),
  );
});

test('attack 1: an edited row whose hash was left alone is caught by the leaf', () => {
  const [edited] = flip(5, 500).filter((stored) => stored.seq === 5);
  const stale = log.map((stored) =>
    stored.seq === 5 && edited ? { ...stored, entry: edited.entry } : stored,
  );
  expect(verify(stale)[0]).toMatchObject({ seq: 5, mechanism: 'leaf' });
});

test('attack 3: a deleted entry is caught by the gap it leaves', () => {
  expect(verify(log.filter((stored) => stored.seq !== 4))[0]).toMatchObject({ seq: 4, mechanism: 'seq' });
});

test('attack 4: a cut tail is caught by the head', () => {
  expect(verify(log.slice(0, -1))).toContainEqual(
    expect.objectContaining({ seq: COUNT - 1, mechanism: 'head' }),
  );
});

test('attack 6: two entries that changed places are caught by the seq inside them', () => {
  const swapped = log.map((stored) => {
    const other = stored.seq === 3 ? log[8] : stored.seq === 8 ? log[3] : stored;
    return { ...stored, entry: other?.entry ?? stored.entry, leafHash: other?.leafHash ?? stored.leafHash };
  });
  expect(
    verify(swapped)
      .filter((problem) => problem.mechanism === 'seq')
      .map((problem) => problem.seq),
  ).toEqual([3, 8]);
});

test('another origin does not verify: its genesis is another', () => {
  const check = checkChain('countersign.log/T2');
  for (const each of log) check.add(each);
  expect(check.finish(head)).toContainEqual(expect.objectContaining({ seq: 0, mechanism: 'prev' }));
});
