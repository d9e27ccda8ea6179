import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import type { Problem } from './verify-chain.js';

const GRACE_SECONDS = 60;

/**
 * Requests, votes, packets and receipts whose request the ledger never heard of (attack 20). Hashes cannot see what was
 * never written; this comparison can. The newest minute is left out: its events may still wait in the inbox.
 */
export async function findUnledgered(
  pool: Pool,
  tenant: TenantId,
  ledgered: ReadonlySet<string>,
): Promise<Problem[]> {
  const { rows } = await pool.query<{ kind: string; id: string }>(
    `WITH until AS (
       SELECT to_timestamp(time_micros / 1e6) - make_interval(secs => ${GRACE_SECONDS}) AS at FROM ledger.ledger_head WHERE tenant = $1
     )
     SELECT 'request' AS kind, id FROM gate.request, until WHERE tenant = $1 AND created_at < until.at
     UNION SELECT 'vote', request_id FROM gate.vote, until WHERE tenant = $1 AND cast_at < until.at
     UNION SELECT 'packet', request_id FROM gate.packet, until WHERE tenant = $1 AND released_at < until.at
     UNION SELECT 'receipt', request_id FROM gate.receipt, until WHERE tenant = $1 AND received_at < until.at`,
    [tenant],
  );
  return rows
    .filter(({ id }) => !ledgered.has(id))
    .map(({ kind, id }) => ({
      seq: null,
      mechanism: 'unledgered',
      detail: `a ${kind} of ${id}, of which the ledger knows nothing`,
    }));
}
