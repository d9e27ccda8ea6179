import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import type { StoredEntry } from './check-chain.js';

const PAGE_ENTRIES = 2000;

/** Entries from `from` up to and without `to`, a page at a time; no transaction is held, so nothing waits for a reader. */
export async function* readEntries(
  pool: Pool,
  tenant: TenantId,
  range: { from: number; to: number },
): AsyncGenerator<StoredEntry[]> {
  for (let { from } = range; from < range.to; ) {
    const { rows } = await pool.query<{ seq: string; entry: Buffer; leaf_hash: Buffer }>({
      name: 'ledger-page',
      text: `SELECT seq, entry, leaf_hash FROM ledger.ledger_entry
             WHERE tenant = $1 AND seq >= $2 AND seq < $3 ORDER BY seq LIMIT $4`,
      values: [tenant, from, range.to, PAGE_ENTRIES],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => ({ seq: Number(row.seq), entry: row.entry, leafHash: row.leaf_hash }));
    from = Number(last.seq) + 1;
  }
}
