import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import { copyEntries } from './copy-entries.js';
import { edgeRoot } from './tree.js';
import { type AnchoredCheckpoint, type AnchorVerdict, checkAnchors } from './verify-anchors.js';
import { checkChain, type Problem } from './verify-chain.js';

export interface ChainReport {
  ok: boolean;
  size: number;
  root: string;
  problems: Problem[];
  problemCount: number;
  anchors: AnchorVerdict[];
}

/**
 * Leaves, chain, gaps, tree, head and anchors of a whole log, at the speed of hashing and in constant memory; what lies
 * beside the entries is left to `verifyLedger`. For logs of millions, where that takes minutes and this seconds.
 */
export async function verifyChain(
  pool: Pool,
  tenant: TenantId,
  anchored: readonly AnchoredCheckpoint[] = [],
): Promise<ChainReport> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ origin: string; size: string; last_leaf: Buffer; edge: Buffer }>(
      'SELECT origin, size, last_leaf, edge FROM ledger.ledger_head WHERE tenant = $1',
      [tenant],
    );
    const head = rows[0];
    const size = Number(head?.size ?? 0);
    const chain = checkChain(head?.origin ?? '');
    const outside = checkAnchors(anchored);
    const problems: Problem[] = [];
    await copyEntries(client, { tenant, from: 0, to: size }, (entry) => {
      chain.add(entry);
      problems.push(...outside.compare(chain.edge));
    });
    if (head) problems.push(...chain.finish({ size, lastLeaf: head.last_leaf, edge: head.edge }));
    problems.push(...outside.finish(chain.edge.size));
    const root = edgeRoot(chain.edge).toString('hex');
    return {
      ok: problems.length === 0,
      size: chain.edge.size,
      root,
      problems: problems.slice(0, PROBLEMS_SHOWN),
      problemCount: problems.length,
      anchors: outside.verdicts(),
    };
  } finally {
    client.release();
  }
}

const PROBLEMS_SHOWN = 100;
