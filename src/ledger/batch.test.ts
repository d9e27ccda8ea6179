import { expect, test } from 'vitest';
import { decodeEntry, genesisHash } from '../core/entry.js';
import { leafHash, nodeHash } from '../core/merkle.js';
import { buildBatch, type LogHead } from './batch.js';
import { checkChain } from './check-chain.js';
import { edgeRoot, emptyEdge } from './tree.js';

const origin = 'countersign.log/T1';
const empty: LogHead = {
  tenant: 'T1',
  origin,
  partial: [],
  epoch: 1,
  size: 0,
  lastLeaf: genesisHash(origin),
  edge: emptyEdge(),
  timeMicros: 0n,
};
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    eventId: `${index}`,
    payload: Buffer.from(`{"n":${index}}`),
  }));
const noon = new Date('2026-11-21T12:00:00Z');

function cut(batch: ReturnType<typeof buildBatch>) {
  return batch.starts.map((start, index) => {
    const entry = batch.entries.subarray(start - 1, start - 1 + (batch.lengths[index] ?? 0));
    return { seq: batch.before.size + index, entry, leafHash: leafHash(entry) };
  });
}

test('batches of any size chain into the same log and root', () => {
  const whole = buildBatch(empty, rows(9), noon);
  const first = buildBatch(empty, rows(9).slice(0, 4), noon);
  const second = buildBatch(first.after, rows(9).slice(4), noon);
  expect(second.after).toEqual(whole.after);
  const check = checkChain(origin);
  for (const stored of [...cut(first), ...cut(second)]) check.add(stored);
  const problems = check.finish({
    size: 9,
    lastLeaf: whole.after.lastLeaf,
    edge: Buffer.concat(whole.after.edge.nodes),
  });
  expect(problems).toEqual([]);
});

test('RFC 6962 §2.1: the root of three leaves is H(H(a,b),c)', () => {
  const batch = buildBatch(empty, rows(3), noon);
  const [a, b, c] = cut(batch).map((stored) => stored.leafHash);
  if (!a || !b || !c) throw new Error('three leaves');
  expect(edgeRoot(batch.after.edge)).toEqual(nodeHash(nodeHash(a, b), c));
});

test('attack 16: a clock set back does not make entries older than the ones before', () => {
  const before = buildBatch(empty, rows(1), noon);
  const after = buildBatch(before.after, rows(1), new Date('2020-01-01T00:00:00Z'));
  const [entry] = cut(after);
  expect(entry && decodeEntry(entry.entry).timeMicros).toBe(BigInt(noon.getTime()) * 1000n);
});

test('a batch leaves the head it was built on as it was', () => {
  const head = buildBatch(empty, rows(3), noon).after;
  const copy = structuredClone(head.edge.nodes.map((node) => node.toString('hex')));
  buildBatch(head, rows(5), noon);
  expect(head.edge.nodes.map((node) => node.toString('hex'))).toEqual(copy);
});
