import type { ClientBase, Pool } from 'pg';

/** The first entry still served (C2SP tlog-tiles, pruning); it never falls. */
export async function minIndex(database: Pool | ClientBase, tenant: string): Promise<number> {
  const { rows } = await database.query<{ first: string }>(
    'SELECT coalesce(min(first_seq), 0) AS first FROM ledger.ledger_range WHERE tenant = $1 AND NOT pruned',
    [tenant],
  );
  return Number(rows[0]?.first ?? 0);
}
