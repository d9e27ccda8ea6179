import type { ClientBase, Pool } from 'pg';
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from '../core/merkle.js';
import { foldHashes, TILE_HEIGHT, TILE_WIDTH, type TileAt, tileHolding } from './tiles.js';

/** Where tiles come from: our database, or a server that serves them. Null when there is no such tile. */
export type TileSource = (tile: TileAt) => Promise<Buffer | null>;

/** The tiles of a tenant's log. A partial tile is a prefix, so those of every size ever signed stay served. */
export function storedTiles(database: Pool | ClientBase, tenant: string): TileSource {
  return async ({ level, index, width }) => {
    const full = await database.query<{ hashes: Buffer }>(
      'SELECT hashes FROM ledger.ledger_tile WHERE tenant = $1 AND level = $2 AND tile = $3',
      [tenant, level, index],
    );
    if (full.rows[0]) return full.rows[0].hashes.subarray(0, width * HASH_BYTES);
    if (width === TILE_WIDTH) return null;
    const first = index * TILE_WIDTH;
    const { rows } = await database.query<{ hash: Buffer }>(
      level === 0
        ? 'SELECT leaf_hash AS hash FROM ledger.ledger_entry WHERE tenant = $1 AND seq >= $2 AND seq < $3 ORDER BY seq'
        : 'SELECT root AS hash FROM ledger.ledger_tile WHERE tenant = $1 AND tile >= $2 AND tile < $3 AND level = $4 ORDER BY tile',
      level === 0 ? [tenant, first, first + width] : [tenant, first, first + width, level - 1],
    );
    return rows.length === width ? Buffer.concat(rows.map((row) => row.hash)) : null;
  };
}

/** Proofs and roots of the tree that a log was at `size`, computed from tiles (RFC 6962 §2.1). */
export interface TreeReader {
  root(): Promise<Buffer>;
  /** The perfect subtrees along the right edge, largest first. */
  edge(): Promise<Buffer[]>;
  leaf(index: number): Promise<Buffer>;
  /** From the leaf's sibling up. */
  inclusion(index: number): Promise<Buffer[]>;
  /** That this tree only adds to the one of `older` leaves, 1 ≤ older ≤ size. */
  consistency(older: number): Promise<Buffer[]>;
}

export function readTree(source: TileSource, size: number): TreeReader {
  const tiles = new Map<string, Promise<Buffer | null>>();

  async function readHashes(level: number, first: number, count: number): Promise<Buffer> {
    const tile = tileHolding(size, level, first);
    if (!tile) throw new RangeError(`no hash ${first} at level ${level} of a tree of ${size}`);
    const key = `${level}/${tile.index}`;
    const read = tiles.get(key) ?? source(tile);
    tiles.set(key, read);
    const at = (first % TILE_WIDTH) * HASH_BYTES;
    const hashes = (await read)?.subarray(at, at + count * HASH_BYTES);
    if (hashes?.length !== count * HASH_BYTES) throw new RangeError(`tile ${key} is missing or short`);
    return hashes;
  }

  async function subtree(from: number, to: number): Promise<Buffer> {
    const leaves = to - from;
    const half = largestPowerBelow(leaves);
    if (leaves > 1 && half * 2 !== leaves)
      return nodeHash(await subtree(from, from + half), await subtree(from + half, to));
    const height = Math.log2(leaves);
    const level = Math.floor(height / TILE_HEIGHT);
    return foldHashes(await readHashes(level, from / TILE_WIDTH ** level, 2 ** (height % TILE_HEIGHT)));
  }

  async function path(index: number, from: number, to: number): Promise<Buffer[]> {
    if (to - from === 1) return [];
    const middle = from + largestPowerBelow(to - from);
    return index < middle
      ? [...(await path(index, from, middle)), await subtree(middle, to)]
      : [...(await path(index, middle, to)), await subtree(from, middle)];
  }

  async function difference(older: number, from: number, to: number, isWhole: boolean): Promise<Buffer[]> {
    if (older === to) return isWhole ? [] : [await subtree(from, to)];
    const middle = from + largestPowerBelow(to - from);
    return older <= middle
      ? [...(await difference(older, from, middle, isWhole)), await subtree(middle, to)]
      : [...(await difference(older, middle, to, false)), await subtree(from, middle)];
  }

  return {
    root: async () => (size === 0 ? EMPTY_ROOT : subtree(0, size)),
    async edge() {
      const nodes: Buffer[] = [];
      for (let from = 0; from < size; ) {
        const leaves = largestPowerBelow(size - from + 1);
        nodes.push(await subtree(from, from + leaves));
        from += leaves;
      }
      return nodes;
    },
    leaf: (index) => readHashes(0, index, 1),
    async inclusion(index) {
      if (index < 0 || index >= size) throw new RangeError(`no entry ${index} in a tree of ${size}`);
      return path(index, 0, size);
    },
    async consistency(older) {
      if (older < 1 || older > size) throw new RangeError(`no tree of ${older} before one of ${size}`);
      return difference(older, 0, size, true);
    },
  };
}

/** The largest power of two smaller than `count`, by doubling: shifts wrap at 2^32. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
