import type { ClientBase, Pool } from 'pg';
import { decodeEntry } from '../core/entry.js';
import type { TenantId } from '../core/tenant.js';
import { minIndex } from './min-index.js';
import type { Edge } from './tree.js';
import type { EntryRange } from './verify-range.js';

/** What the database says of a log, before a byte of it is believed. */
export interface StoredHead {
  /** Null when there is no such log. */
  origin: string | null;
  size: number;
  /** The first entry that was not pruned. */
  first: number;
  lastLeaf: Buffer;
  edge: Buffer;
  newestAt: Date;
}

export async function readStoredHead(database: Pool | ClientBase, tenant: TenantId): Promise<StoredHead> {
  const { rows } = await database.query<{
    origin: string;
    size: string;
    last_leaf: Buffer;
    edge: Buffer;
    time_micros: string;
  }>('SELECT origin, size, last_leaf, edge, time_micros FROM ledger.ledger_head WHERE tenant = $1', [tenant]);
  const row = rows[0];
  return {
    origin: row?.origin ?? null,
    size: Number(row?.size ?? 0),
    first: await minIndex(database, tenant),
    lastLeaf: row?.last_leaf ?? Buffer.alloc(0),
    edge: row?.edge ?? Buffer.alloc(0),
    newestAt: new Date(Number(row?.time_micros ?? 0) / 1000),
  };
}

/** What must follow a range: the head, or else the leaf that the entry after it chained. */
export async function readExpectedEnd(
  database: Pool | ClientBase,
  tenant: TenantId,
  given: { head: StoredHead; range: EntryRange; edge: Edge },
): Promise<{ size: number; lastLeaf: Buffer; edge: Buffer }> {
  const { head, range, edge } = given;
  if (range.to === head.size) return head;
  const { rows } = await database.query<{ entry: Buffer }>(
    'SELECT entry FROM ledger.ledger_entry WHERE tenant = $1 AND seq = $2',
    [tenant, range.to],
  );
  const successor = rows[0];
  return {
    size: range.to,
    lastLeaf: successor ? Buffer.from(decodeEntry(successor.entry).prev) : Buffer.alloc(0),
    edge: Buffer.concat(edge.nodes),
  };
}
