import { type Entry, encodeEntry } from '../core/entry.js';
import { leafHash } from '../core/merkle.js';
import { TILE_HEIGHT } from './tiles.js';
import { appendLeaf, type Edge } from './tree.js';

/** Where a log stands: what the head row holds, and the tiles not yet full. */
export interface LogHead {
  tenant: string;
  origin: string;
  epoch: number;
  size: number;
  lastLeaf: Buffer;
  edge: Edge;
  timeMicros: bigint;
  /** The hashes of each level's rightmost, partial tile. */
  partial: readonly (readonly Buffer[])[];
}

export interface InboxRow {
  eventId: string;
  payload: Buffer;
}

export interface FullTile {
  level: number;
  index: number;
  hashes: Buffer;
  root: Buffer;
}

/** Entries ready to be written in one statement: their bytes in one buffer, cut again in SQL. */
export interface Batch {
  before: LogHead;
  after: LogHead;
  entries: Buffer;
  eventIds: string[];
  /** One-based offsets into `entries`, as SQL's substring counts. */
  starts: number[];
  lengths: number[];
  /** Tiles that this batch filled. */
  tiles: FullTile[];
}

/** Chains rows onto the head. Pure: the head given is left as it was. */
export function buildBatch(before: LogHead, rows: readonly InboxRow[], now: Date): Batch {
  const edge: Edge = { size: before.edge.size, nodes: [...before.edge.nodes] };
  // A clock set back never makes an entry older than the one before it (attack 16).
  const wall = BigInt(now.getTime()) * 1000n;
  const timeMicros = wall > before.timeMicros ? wall : before.timeMicros;
  const { partial, tiles, keepSubtree } = collectTiles(before.partial);
  const entries: Buffer[] = [];
  const starts: number[] = [];
  let prev: Buffer = before.lastLeaf;
  let start = 1;
  for (const { payload } of rows) {
    const entry: Entry = { seq: edge.size, timeMicros, prev, payload };
    const bytes = encodeEntry(entry);
    prev = leafHash(bytes);
    appendLeaf(edge, prev, (height, node) => keepSubtree(edge.size + 1, height, node));
    entries.push(bytes);
    starts.push(start);
    start += bytes.length;
  }
  return {
    before,
    after: { ...before, size: edge.size, lastLeaf: prev, edge, timeMicros, partial },
    entries: Buffer.concat(entries),
    eventIds: rows.map((row) => row.eventId),
    starts,
    lengths: entries.map((entry) => entry.length),
    tiles,
  };
}

/** A subtree of height 8(L+1) is the root of a full tile of level L, and the next hash of level L+1. */
function collectTiles(before: LogHead['partial']) {
  const partial = before.map((hashes) => [...hashes]);
  const tiles: FullTile[] = [];
  const keepSubtree = (size: number, height: number, node: Buffer) => {
    if (height % TILE_HEIGHT !== 0) return;
    const level = height / TILE_HEIGHT;
    if (level > 0) {
      const hashes = Buffer.concat(partial[level - 1] ?? []);
      tiles.push({ level: level - 1, index: Math.floor(size / 2 ** height) - 1, hashes, root: node });
      partial[level - 1] = [];
    }
    const row = partial[level] ?? [];
    row.push(node);
    partial[level] = row;
  };
  return { partial, tiles, keepSubtree };
}
