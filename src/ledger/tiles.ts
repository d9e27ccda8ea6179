import { HASH_BYTES, nodeHash } from '../core/merkle.js';

/** C2SP tlog-tiles: 256 hashes a tile, each of level L the root of a full tile of level L−1. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/** A tile as a path names it; `entries` is the bundle of a level-0 tile's entries. */
export interface TileName {
  level: number | 'entries';
  index: number;
  width: number;
}

export interface TileAt extends TileName {
  level: number;
  index: number;
  /** Hashes in it: 256, or fewer in a partial one. */
  width: number;
}

/** How many hashes a tree of this size has at a tile level. */
export const hashesAt = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The tile of a tree of `size` that holds hash number `hash` of a level; null when the tree has none there. */
export function tileHolding(size: number, level: number, hash: number): TileAt | null {
  const hashes = hashesAt(size, level);
  if (hash >= hashes) return null;
  const index = Math.floor(hash / TILE_WIDTH);
  return { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
}

/** The path after `tile/`, e.g. `0/x001/x234/067.p/12`; entry bundles have `entries` for a level. */
export function tilePath({ level, index, width }: TileName): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
  return `${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Reads what `tilePath` writes, and nothing else; null on any other spelling. */
export function parseTilePath(path: string): TileName | null {
  const [, levelText, groups, widthText] =
    /^(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  if (levelText === undefined || groups === undefined) return null;
  const level = levelText === 'entries' ? levelText : Number(levelText);
  const tile: TileName = {
    level,
    index: Number(groups.replace(/[x/]/g, '')),
    width: widthText === undefined ? TILE_WIDTH : Number(widthText),
  };
  return tilePath(tile) === path ? tile : null;
}

/** The RFC 6962 root over 2^k hashes laid end to end. */
export function foldHashes(hashes: Buffer): Buffer {
  let row: Buffer[] = [];
  for (let at = 0; at < hashes.length; at += HASH_BYTES) row.push(hashes.subarray(at, at + HASH_BYTES));
  while (row.length > 1) {
    const above: Buffer[] = [];
    for (let at = 0; at + 1 < row.length; at += 2)
      above.push(nodeHash(row[at] ?? EMPTY, row[at + 1] ?? EMPTY));
    row = above;
  }
  return row[0] ?? EMPTY;
}

const EMPTY = Buffer.alloc(0);
