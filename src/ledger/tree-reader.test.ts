import fc from 'fast-check';
import { expect, test } from 'vitest';
import { genesisHash } from '../core/entry.js';
import { leafHash, verifyConsistency, verifyInclusion } from '../core/merkle.js';
import { buildBatch, type FullTile, type LogHead } from './batch.js';
import { hashesAt, parseTilePath, TILE_WIDTH, type TileAt, tilePath } from './tiles.js';
import { appendLeaf, edgeRoot, emptyEdge } from './tree.js';
import { readTree, type TileSource } from './tree-reader.js';

const SIZE = 70_000;
const empty: LogHead = {
  tenant: 'T1',
  origin: 'o',
  epoch: 1,
  size: 0,
  lastLeaf: genesisHash('o'),
  edge: emptyEdge(),
  timeMicros: 0n,
  partial: [],
};
const payload = Buffer.from('{}');
let head = empty;
const tiles = new Map<string, FullTile>();
const leaves: Buffer[] = [];
while (head.size < SIZE) {
  const rows = Array.from({ length: Math.min(997, SIZE - head.size) }, () => ({ eventId: '', payload }));
  const batch = buildBatch(head, rows, new Date(0));
  for (const tile of batch.tiles) tiles.set(`${tile.level}/${tile.index}`, tile);
  for (const [at, start] of batch.starts.entries())
    leaves.push(leafHash(batch.entries.subarray(start - 1, start - 1 + (batch.lengths[at] ?? 0))));
  head = batch.after;
}

/** As the database serves them: full tiles stored, partial ones cut from leaves or from the roots below. */
const source: TileSource = async ({ level, index, width }: TileAt) => {
  const first = index * TILE_WIDTH;
  if (level === 0) return Buffer.concat(leaves.slice(first, first + width));
  const roots = Array.from(
    { length: width },
    (_, at) => tiles.get(`${level - 1}/${first + at}`)?.root ?? Buffer.alloc(0),
  );
  return Buffer.concat(roots);
};

test('C2SP tlog-tiles: a tree of 70,000 has 273 full tiles at level 0 and one at level 1', () => {
  const levels = [...tiles.values()].map((tile) => tile.level);
  expect([
    levels.filter((level) => level === 0).length,
    levels.filter((level) => level === 1).length,
    levels.length,
  ]).toEqual([273, 1, 274]);
  expect([0, 1, 2].map((level) => hashesAt(SIZE, level) % TILE_WIDTH)).toEqual([112, 17, 1]);
  for (const tile of tiles.values()) expect(tile.hashes).toHaveLength(8192);
});

test('the head carries the hashes of the tiles not yet full', () => {
  expect(head.partial.map((hashes) => hashes.length)).toEqual([112, 17, 1]);
});

test('the root read from tiles is the root the edge gives, at any size', async () => {
  const edge = emptyEdge();
  const sizes = new Set([1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, SIZE]);
  for (const leaf of leaves) {
    appendLeaf(edge, leaf);
    if (sizes.has(edge.size)) expect(await readTree(source, edge.size).root()).toEqual(edgeRoot(edge));
  }
});

test('every proof made verifies, and for no other entry', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: SIZE }),
      fc.nat(),
      fc.nat(),
      async (size, someIndex, someOlder) => {
        const [index, older] = [someIndex % size, (someOlder % size) + 1];
        const tree = readTree(source, size);
        const root = await tree.root();
        const proof = await tree.inclusion(index);
        const leaf = leaves[index] ?? Buffer.alloc(0);
        expect(verifyInclusion({ leaf, index, size, root, proof })).toBe(true);
        expect(verifyInclusion({ leaf, index: (index + 1) % size, size, root, proof })).toBe(false);
        const olderRoot = await readTree(source, older).root();
        const consistency = await tree.consistency(older);
        expect(verifyConsistency({ size: older, root: olderRoot }, { size, root }, consistency)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('C2SP tlog-tiles: paths are spelled one way only', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('0/x001/x234/067');
  expect(tilePath({ level: 'entries', index: 0, width: 7 })).toBe('entries/000.p/7');
  expect(parseTilePath('2/x001/x234/067.p/12')).toEqual({ level: 2, index: 1_234_067, width: 12 });
  for (const path of [
    '0/0',
    '00/000',
    '64/000',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '0/x000/001',
    '0/001/002',
    '0/000/',
    'x/000',
    '0/../0',
  ])
    expect(parseTilePath(path)).toBeNull();
});
