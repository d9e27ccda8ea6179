import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import { readEntries } from './read-entries.js';
import { findUnledgered } from './reconcile.js';
import type { SubjectKeys } from './subject-keys.js';
import { edgeRoot } from './tree.js';
import { type AnchoredCheckpoint, type AnchorVerdict, checkAnchors } from './verify-anchors.js';
import { type BesideCounts, checkBeside } from './verify-beside.js';
import { checkChain, type Problem } from './verify-chain.js';
import { checkPublished } from './verify-published.js';
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
  /** What lies outside this database and was compared; without any, only the database vouches for itself. */
  anchors: AnchorVerdict[];
}

export interface VerifyOptions {
  subjectKeys?: SubjectKeys | null;
  /** Checkpoints from outside the database. */
  anchored?: readonly AnchoredCheckpoint[];
  onProgress?: (progress: { checked: number; size: number }) => Promise<void>;
}

const PROBLEMS_SHOWN = 100;

/**
 * Recomputes a tenant's whole log from its stored bytes and holds it against its head, its tiles, every checkpoint it
 * signed and those kept elsewhere. What was rewritten in every place of the database at once, only the last can tell.
 */
export async function verifyLedger(
  pool: Pool,
  tenant: TenantId,
  options: VerifyOptions = {},
): Promise<LedgerReport> {
  const { subjectKeys = null, anchored = [], onProgress = async () => {} } = options;
  const beside = {
    commitmentsChecked: 0,
    commitmentsUnopened: 0,
    policyInputsChecked: 0,
    policyInputsAbsent: 0,
  };
  const head = await readHead(pool, tenant);
  const chain = checkChain(head?.origin ?? '');
  const published = checkPublished(pool, tenant, head?.origin ?? '');
  const outside = checkAnchors(anchored);
  const requests = new Set<string>();
  const problems: Problem[] = [];
  for await (const page of readEntries(pool, tenant, { from: 0, to: head?.size ?? 0 })) {
    await published.load(page);
    const entries = [];
    for (const stored of page) {
      const entry = chain.add(stored);
      if (entry) entries.push(entry);
      problems.push(...published.compare(chain.edge, chain.leaf), ...outside.compare(chain.edge));
    }
    problems.push(...(await checkBeside({ pool, tenant, subjectKeys, requests }, entries, beside)));
    await onProgress({ checked: chain.edge.size, size: head?.size ?? 0 });
  }
  if (head) problems.push(...chain.finish(head), ...(await published.finish(chain.edge)));
  problems.push(
    ...outside.finish(chain.edge.size),
    ...(await checkTail(pool, tenant)),
    ...(await findDisabledTriggers(pool)),
    ...(await findUnledgered(pool, tenant, { requests, until: head?.newestAt ?? new Date(0) })),
  );
  problems.sort(
    (left, right) => (left.seq ?? Number.MAX_SAFE_INTEGER) - (right.seq ?? Number.MAX_SAFE_INTEGER),
  );
  return {
    ok: problems.length === 0,
    origin: head?.origin ?? null,
    size: chain.edge.size,
    lastLeaf: chain.leaf.toString('hex'),
    root: edgeRoot(chain.edge).toString('hex'),
    problems: problems.slice(0, PROBLEMS_SHOWN),
    problemCount: problems.length,
    beside,
    anchors: outside.verdicts(),
  };
}

async function readHead(pool: Pool, tenant: TenantId) {
  const { rows } = await pool.query<{
    origin: string;
    size: string;
    last_leaf: Buffer;
    edge: Buffer;
    time_micros: string;
  }>('SELECT origin, size, last_leaf, edge, time_micros FROM ledger.ledger_head WHERE tenant = $1', [tenant]);
  const row = rows[0];
  if (!row) return null;
  const newestAt = new Date(Number(row.time_micros) / 1000);
  return { origin: row.origin, size: Number(row.size), lastLeaf: row.last_leaf, edge: row.edge, newestAt };
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
  const detail = `the head says ${row.size} entries, there are ${row.entries}`;
  return [{ seq: Math.min(Number(row.size), Number(row.entries)), mechanism: 'head', detail }];
}
