import { leafHash } from '../core/merkle.js';
import { type Entry, encodeEntry } from './entry.js';
import { appendLeaf, type Edge } from './tree.js';

/** Where a log stands: what the head row holds. */
export interface LogHead {
  tenant: string;
  epoch: number;
  size: number;
  lastLeaf: Buffer;
  edge: Edge;
  timeMicros: bigint;
}

export interface InboxRow {
  eventId: string;
  payload: Buffer;
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
}

/** Chains rows onto the head. Pure: the head given is left as it was. */
export function buildBatch(before: LogHead, rows: readonly InboxRow[], now: Date): Batch {
  const edge: Edge = { size: before.edge.size, nodes: [...before.edge.nodes] };
  // A clock set back never makes an entry older than the one before it (attack 16).
  const wall = BigInt(now.getTime()) * 1000n;
  const timeMicros = wall > before.timeMicros ? wall : before.timeMicros;
  const entries: Buffer[] = [];
  const starts: number[] = [];
  let prev: Buffer = before.lastLeaf;
  let start = 1;
  for (const { payload } of rows) {
    const entry: Entry = { seq: edge.size, timeMicros, prev, payload };
    const bytes = encodeEntry(entry);
    prev = leafHash(bytes);
    appendLeaf(edge, prev);
    entries.push(bytes);
    starts.push(start);
    start += bytes.length;
  }
  return {
    before,
    after: { ...before, size: edge.size, lastLeaf: prev, edge, timeMicros },
    entries: Buffer.concat(entries),
    eventIds: rows.map((row) => row.eventId),
    starts,
    lengths: entries.map((entry) => entry.length),
  };
}
