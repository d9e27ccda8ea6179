import type { ClientBase, Pool } from 'pg';
import { HASH_BYTES, type TreeHead, verifyConsistency } from '../core/merkle.js';
import type { TenantId } from '../core/tenant.js';
import { type ChainCheck, checkChain, type Problem } from './check-chain.js';
import { readTree, storedTiles, type TileSource } from './tree-reader.js';
import { checkLeftTiles } from './verify-left.js';

/** The first entry, and the one after the last. */
export interface EntryRange {
  from: number;
  to: number;
}

/** What is asked for, within what the log says it has; whatever lies outside is a problem, never a shorter check. */
export function clampRange(
  asked: Partial<EntryRange>,
  log: { first: number; size: number },
): { range: EntryRange; problems: Problem[] } {
  const from = asked.from ?? log.first;
  const to = asked.to ?? log.size;
  const problems: Problem[] = [];
  if (to > log.size)
    problems.push({
      seq: log.size,
      mechanism: 'head',
      detail: `entries up to ${to} were asked for, the log has ${log.size}`,
    });
  if (from < log.first)
    problems.push({
      seq: from,
      mechanism: 'pruned',
      detail: `entries before ${log.first} were pruned; their hashes stay in the tree`,
    });
  const last = Math.min(to, log.size);
  return { range: { from: Math.min(Math.max(from, log.first), last), to: last }, problems };
}

/**
 * Starts where a range starts. What lies left of it comes from the tiles, and is worth as much as the checkpoints and
 * anchors that the tree is then held against. Over damaged tiles it starts from nothing that could agree with them.
 */
export async function startChain(
  database: Pool | ClientBase,
  tenant: TenantId,
  { origin, from }: { origin: string; from: number },
): Promise<{ chain: ChainCheck; damaged: Problem[] }> {
  if (from === 0) return { chain: checkChain(origin), damaged: [] };
  const damaged = await checkLeftTiles(database, tenant, from);
  const tree = readTree(damaged.length === 0 ? storedTiles(database, tenant) : blankTiles, from);
  const edge = { size: from, nodes: await tree.edge() };
  return { chain: checkChain(origin, { edge, leaf: await tree.leaf(from - 1) }), damaged };
}

const blankTiles: TileSource = async ({ width }) => Buffer.alloc(width * HASH_BYTES);

/** Whether the larger tree only adds to the smaller, by the tiles stored; false where those do not show it. */
export async function isExtension(
  database: Pool | ClientBase,
  tenant: TenantId,
  [left, right]: readonly [TreeHead, TreeHead],
): Promise<boolean> {
  const [older, newer] = left.size <= right.size ? [left, right] : [right, left];
  if (older.size === 0) return true;
  const proof = await readTree(storedTiles(database, tenant), newer.size)
    .consistency(older.size)
    .catch(() => null);
  return proof !== null && verifyConsistency(older, newer, proof);
}
