import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import type { Problem } from './verify-chain.js';

const GRACE_MILLISECONDS = 60_000;

/**
 * Requests, votes, packets and receipts whose request the ledger never heard of (attack 20). Hashes cannot see what was
 * never written; this comparison can. The minute before `until` is left out: its events may still wait in the inbox.
 */
export async function findUnledgered(
  pool: Pool,
  tenant: TenantId,
  ledgered: { requests: ReadonlySet<string>; until: Date },
): Promise<Problem[]> {
  const { rows } = await pool.query<{ kind: string; id: string }>(
    `SELECT 'request' AS kind, id FROM gate.request WHERE tenant = $1 AND created_at < $2
     UNION SELECT 'vote', request_id FROM gate.vote WHERE tenant = $1 AND cast_at < $2
     UNION SELECT 'packet', request_id FROM gate.packet WHERE tenant = $1 AND released_at < $2
     UNION SELECT 'receipt', request_id FROM gate.receipt WHERE tenant = $1 AND received_at < $2`,
    [tenant, new Date(ledgered.until.getTime() - GRACE_MILLISECONDS)],
  );
  return rows
    .filter(({ id }) => !ledgered.requests.has(id))
    .map(({ kind, id }) => ({
      seq: null,
      mechanism: 'unledgered',
      detail: `a ${kind} of ${id}, of which the ledger knows nothing`,
    }));
}
