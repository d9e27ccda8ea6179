import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import type { SubjectKeys } from './subject-keys.js';
import { edgeRoot } from './tree.js';
import { type BesideCounts, checkBeside } from './verify-beside.js';
import { checkChain, type Problem, type StoredEntry } from './verify-chain.js';
import { findDisabledTriggers } from './watchdog.js';

export interface LedgerReport {
  ok: boolean;
  origin: string | null;
  size: number;
  /** Lower-case hex of the newest leaf, and of the RFC 6962 root over all of them. */
  lastLeaf: string;
  root: string;
  /** In seq order; at most 100, the rest are counted. */
  problems: Problem[];
  problemCount: number;
  beside: BesideCounts;
}

const PAGE_ENTRIES = 2000;
const PROBLEMS_SHOWN = 100;

/**
 * Recomputes a tenant's whole log from its stored bytes and holds it against its head. It proves the database consistent
 * with itself; what someone rewrote in every place at once is caught by checkpoints held elsewhere.
 */
export async function verifyLedger(
  pool: Pool,
  tenant: TenantId,
  options: { subjectKeys?: SubjectKeys | null } = {},
): Promise<LedgerReport> {
  const beside = {
    commitmentsChecked: 0,
    commitmentsUnopened: 0,
    policyInputsChecked: 0,
    policyInputsAbsent: 0,
  };
  const head = await readHead(pool, tenant);
  const chain = checkChain(head?.origin ?? '');
  const problems: Problem[] = [];
  for await (const page of readEntries(pool, tenant, head?.size ?? 0)) {
    const entries = page.map((stored) => chain.add(stored)).filter((entry) => entry !== null);
    problems.push(
      ...(await checkBeside({ pool, tenant, subjectKeys: options.subjectKeys ?? null }, entries, beside)),
    );
  }
  const {
    edge,
    lastLeaf,
    problems: broken,
  } = chain.finish(head ?? { size: 0, lastLeaf: Buffer.alloc(0), edge: Buffer.alloc(0) });
  if (head) problems.unshift(...broken);
  problems.push(...(await checkTail(pool, tenant)), ...(await findDisabledTriggers(pool)));
  return {
    ok: problems.length === 0,
    origin: head?.origin ?? null,
    size: edge.size,
    lastLeaf: lastLeaf.toString('hex'),
    root: edgeRoot(edge).toString('hex'),
    problems: problems.slice(0, PROBLEMS_SHOWN),
    problemCount: problems.length,
    beside,
  };
}

async function readHead(pool: Pool, tenant: TenantId) {
  const { rows } = await pool.query<{ origin: string; size: string; last_leaf: Buffer; edge: Buffer }>(
    'SELECT origin, size, last_leaf, edge FROM ledger.ledger_head WHERE tenant = $1',
    [tenant],
  );
  const row = rows[0];
  return row ? { origin: row.origin, size: Number(row.size), lastLeaf: row.last_leaf, edge: row.edge } : null;
}

async function* readEntries(pool: Pool, tenant: TenantId, size: number): AsyncGenerator<StoredEntry[]> {
  for (let from = 0; ; ) {
    const { rows } = await pool.query<{ seq: string; entry: Buffer; leaf_hash: Buffer }>({
      name: 'ledger-page',
      text: `SELECT seq, entry, leaf_hash FROM ledger.ledger_entry
             WHERE tenant = $1 AND seq >= $2 AND seq < $3 ORDER BY seq LIMIT $4`,
      values: [tenant, from, size, PAGE_ENTRIES],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => ({ seq: Number(row.seq), entry: row.entry, leafHash: row.leaf_hash }));
    from = Number(last.seq) + 1;
  }
}

/** The log grows while it is read; head and newest entry are compared in one snapshot. */
async function checkTail(pool: Pool, tenant: TenantId): Promise<Problem[]> {
  const { rows } = await pool.query<{ size: string; entries: string }>(
    `SELECT coalesce((SELECT size FROM ledger.ledger_head WHERE tenant = $1), 0) AS size,
            coalesce((SELECT max(seq) + 1 FROM ledger.ledger_entry WHERE tenant = $1), 0) AS entries`,
    [tenant],
  );
  const row = rows[0];
  if (!row || row.size === row.entries) return [];
  return [
    {
      seq: Math.min(Number(row.size), Number(row.entries)),
      mechanism: 'head',
      detail: `the head says ${row.size} entries, there are ${row.entries}`,
    },
  ];
}
