import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import { readEntries } from './read-entries.js';
import { factsTold, findUnledgered } from './reconcile.js';
import type { SubjectKeys } from './subject-keys.js';
import { edgeRoot } from './tree.js';
import { checkAge } from './verify-age.js';
import { type AnchoredCheckpoint, type AnchorVerdict, checkAnchors } from './verify-anchors.js';
import { type BesideCounts, checkBeside } from './verify-beside.js';
import type { Problem } from './verify-chain.js';
import { readExpectedEnd, readStoredHead } from './verify-head.js';
import { checkPublished } from './verify-published.js';
import { clampRange, type EntryRange, startChain } from './verify-range.js';
import { findDisabledTriggers } from './watchdog.js';

export interface LedgerReport {
  ok: boolean;
  origin: string | null;
  /** Entries the log says it has. */
  size: number;
  /** What was recomputed: the first entry, and the one after the last. */
  range: EntryRange;
  /** Lower-case hex of the range's last leaf, and of the RFC 6962 root over everything up to it. */
  lastLeaf: string;
  root: string;
  /** In seq order; at most 100, the rest are counted. */
  problems: Problem[];
  problemCount: number;
  beside: BesideCounts;
  /** Whether state was held against the entries (attack 20): only where all of them were read. */
  reconciled: boolean;
  /** What lies outside this database and was compared; without any, only the database vouches for itself. */
  anchors: AnchorVerdict[];
}

export interface VerifyOptions {
  /** Which entries; all without it. */
  range?: Partial<EntryRange>;
  subjectKeys?: SubjectKeys | null;
  /** Checkpoints from outside the database. */
  anchored?: readonly AnchoredCheckpoint[];
  onProgress?: (progress: { checked: number; size: number }) => Promise<void>;
}

const PROBLEMS_SHOWN = 100;

/**
 * Recomputes a tenant's log, or a range of it, from its stored bytes and holds it against its head, its tiles, every
 * checkpoint it signed and those kept elsewhere. What was rewritten in every place of the database at once, only the
 * last can tell.
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
  const head = await readStoredHead(pool, tenant);
  const origin = head.origin ?? '';
  const { range, problems } = clampRange(options.range ?? {}, head);
  const { chain, damaged } = await startChain(pool, tenant, { origin, from: range.from });
  problems.push(...damaged);
  const published = checkPublished(pool, tenant, origin);
  const outside = checkAnchors(anchored);
  const told = factsTold();
  const age = checkAge(head.first);
  for await (const page of readEntries(pool, tenant, range)) {
    await published.load(page);
    const entries = [];
    for (const stored of page) {
      const entry = chain.add(stored);
      if (entry) entries.push(entry);
      if (entry) age.add(entry);
      problems.push(...published.compare(chain.edge, chain.leaf), ...outside.compare(chain.edge));
    }
    problems.push(
      ...(await checkBeside({ pool, tenant, subjectKeys, onPayload: told.add }, entries, beside)),
    );
    await onProgress({ checked: chain.edge.size, size: range.to });
  }
  const { edge } = chain;
  if (head.origin !== null)
    problems.push(
      ...chain.finish(await readExpectedEnd(pool, tenant, { head, range, edge })),
      ...(await published.finish(edge)),
    );
  const reconciled = range.from === head.first && range.to === head.size;
  problems.push(
    ...(await outside.finish(edge, { size: head.size, database: pool, tenant })),
    ...(await checkTail(pool, tenant)),
    ...(await findDisabledTriggers(pool)),
    ...(reconciled ? age.finish() : []),
    ...(reconciled ? await findUnledgered(pool, tenant, { told: told.facts, until: head.newestAt }) : []),
  );
  problems.sort(
    (left, right) => (left.seq ?? Number.MAX_SAFE_INTEGER) - (right.seq ?? Number.MAX_SAFE_INTEGER),
  );
  return {
    ok: problems.length === 0,
    origin: head.origin,
    size: head.size,
    range,
    lastLeaf: chain.leaf.toString('hex'),
    root: edgeRoot(edge).toString('hex'),
    problems: problems.slice(0, PROBLEMS_SHOWN),
    problemCount: problems.length,
    beside,
    reconciled,
    anchors: outside.verdicts(),
  };
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
