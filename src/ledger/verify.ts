import type { Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import type { Problem } from './check-chain.js';
import { readEntries } from './read-entries.js';
import { type ChainOptions, type ChainReport, recompute } from './recompute.js';
import { factsTold, findUnledgered } from './reconcile.js';
import type { SubjectKeys } from './subject-keys.js';
import { checkAge } from './verify-age.js';
import { type BesideCounts, checkBeside } from './verify-beside.js';
import { checkPublished } from './verify-published.js';
import { findDisabledTriggers } from './watchdog.js';

export interface LedgerReport extends ChainReport {
  beside: BesideCounts;
  /** Whether state was held against the entries (attack 20): only where all of them were read. */
  reconciled: boolean;
}

export interface VerifyOptions extends ChainOptions {
  subjectKeys?: SubjectKeys | null;
}

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
  const { subjectKeys = null } = options;
  const beside = {
    commitmentsChecked: 0,
    commitmentsUnopened: 0,
    policyInputsChecked: 0,
    policyInputsAbsent: 0,
  };
  const log = await recompute(pool, tenant, options);
  const { head, range, chain, problems } = log;
  const published = checkPublished(pool, tenant, head.origin ?? '');
  const told = factsTold();
  const age = checkAge(head.first);
  for await (const page of readEntries(pool, tenant, range)) {
    await published.load(page);
    const entries = [];
    for (const stored of page) {
      const entry = log.add(stored);
      if (entry) entries.push(entry);
      if (entry) age.add(entry);
      problems.push(...published.compare(chain.edge, chain.leaf));
    }
    problems.push(
      ...(await checkBeside({ pool, tenant, subjectKeys, onPayload: told.add }, entries, beside)),
    );
    await log.tellProgress();
  }
  await log.finish();
  const reconciled = range.from === head.first && range.to === head.size;
  problems.push(
    ...(head.origin === null ? [] : await published.finish(chain.edge)),
    ...(await checkTail(pool, tenant)),
    ...(await findDisabledTriggers(pool)),
    ...(reconciled ? age.finish() : []),
    ...(reconciled ? await findUnledgered(pool, tenant, { told: told.facts, until: head.newestAt }) : []),
  );
  return { ...log.report(), beside, reconciled };
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
