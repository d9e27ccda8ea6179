import type { Pool } from 'pg';
import type { Problem } from './check-chain.js';

/** Refusing triggers that a superuser switched off or dropped (attack 13). The hashes still catch what he then did. */
export async function findDisabledTriggers(pool: Pool): Promise<Problem[]> {
  const { rows } = await pool.query<{ relation: string; name: string }>(MISSING);
  return rows.map(({ relation, name }) => ({
    seq: null,
    mechanism: 'trigger',
    detail: `${name} on ${relation} is not enabled always`,
  }));
}

const MISSING = `
  WITH held AS (
    SELECT relid AS oid FROM pg_partition_tree('ledger.ledger_entry')
    UNION ALL SELECT unnest(ARRAY['ledger.ledger_sequenced', 'ledger.ledger_tile', 'ledger.ledger_checkpoint', 'ledger.ledger_signing',
                                  'ledger.ledger_cosignature', 'ledger.ledger_head']::regclass[])
  )
  SELECT held.oid::regclass::text AS relation, expected.name
  FROM held CROSS JOIN (VALUES ('refuse_change'), ('refuse_truncate')) AS expected (name)
  WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = held.oid AND tgname = expected.name AND tgenabled = 'A')
  ORDER BY 1, 2`;
