import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import { copyEntries } from './copy-entries.js';
import { type ChainOptions, type ChainReport, recompute } from './recompute.js';
import { RANGE_ENTRIES } from './tree.js';

/**
 * Leaves, chain, gaps, tree, head and anchors of a log or a range of it, at the speed of hashing and in constant memory;
 * what lies beside the entries is left to `verifyLedger`. For logs of millions, where that takes minutes and this seconds.
 */
export async function verifyChain(
  pool: Pool,
  tenant: TenantId,
  options: ChainOptions = {},
): Promise<ChainReport> {
  const client = await pool.connect();
  try {
    const log = await recompute(client, tenant, options);
    const { range } = log;
    for (let { from } = range; from < range.to; from += RANGE_ENTRIES) {
      const to = Math.min(from + RANGE_ENTRIES, range.to);
      await copyEntries(client, { tenant, from, to }, log.add);
      await log.tellProgress();
    }
    await log.finish();
    return log.report();
  } finally {
    client.release();
  }
}
