import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EMPTY_ROOT, leafHash, nodeHash, verifyConsistency, verifyInclusion } from './merkle.js';

/** The vectors of transparency-dev/merkle; 184 of the 196 must be refused. See test/ledger/vectors/LICENSE. */
const read = (name: string): unknown =>
  JSON.parse(
    readFileSync(new URL(`../../test/ledger/vectors/rfc6962-${name}.json`, import.meta.url), 'utf8'),
  );
const Hash = z
  .string()
  .nullable()
  .transform((text) => Buffer.from(text ?? '', 'base64'));
const Proof = z
  .array(Hash)
  .nullable()
  .transform((proof) => proof ?? []);
const Inclusion = z.array(
  z.object({
    name: z.string(),
    leafIdx: z.number(),
    treeSize: z.number(),
    root: Hash,
    leafHash: Hash,
    proof: Proof,
    wantErr: z.boolean(),
  }),
);
const Consistency = z.array(
  z.object({
    name: z.string(),
    size1: z.number(),
    size2: z.number(),
    root1: Hash,
    root2: Hash,
    proof: Proof,
    wantErr: z.boolean(),
  }),
);
const inclusion = Inclusion.parse(read('inclusion'));
const consistency = Consistency.parse(read('consistency'));

test('attack 18: all 196 vectors are at hand, most of them forgeries', () => {
  const all = [...inclusion, ...consistency];
  expect([all.length, all.filter((vector) => vector.wantErr).length]).toEqual([196, 184]);
});

describe('attack 18: inclusion vectors', () => {
  test.each(inclusion)('$name', ({ leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }) => {
    expect(verifyInclusion({ leaf, index: leafIdx, size: treeSize, root, proof })).toBe(!wantErr);
  });
});

describe('attack 18: consistency vectors', () => {
  test.each(consistency)('$name', ({ size1, size2, root1, root2, proof, wantErr }) => {
    expect(verifyConsistency({ size: size1, root: root1 }, { size: size2, root: root2 }, proof)).toBe(
      !wantErr,
    );
  });
});

test('attack 18: an index of 2^64−1, rounded by JSON, does not pass for another', () => {
  const leaf = leafHash(Buffer.from('x'));
  for (const index of [2 ** 64 - 1, 2 ** 53, -1, 0.5, Number.NaN])
    expect(verifyInclusion({ leaf, index, size: 1, root: leaf, proof: [] })).toBe(false);
});

test('attack 18: a node does not pass for a leaf', () => {
  const [left, right] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];
  const root = nodeHash(left, right);
  expect(leafHash(Buffer.concat([left, right]))).not.toEqual(root);
  expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
