import type { Pool } from 'pg';
import { z } from 'zod';
import type { TenantId } from '../core/tenant.js';
import type { Problem } from './check-chain.js';
import { PRUNED } from './prune.js';
import type { Payload } from './verify-beside.js';

const GRACE_MILLISECONDS = 60_000;

/** What entries tell of state, as one line a fact; `findUnledgered` writes state's rows in the same words. */
export function factsTold(): { facts: ReadonlySet<string>; add: (payload: Payload) => void } {
  const facts = new Set<string>();
  return {
    facts,
    add({ type, request, actor, data }) {
      if (type === PRUNED) facts.add(`pruned ${data['first']}`);
      const { packet, envelope, outcome } = data;
      if (request !== null) facts.add(`request ${request}`);
      if (request !== null && typeof actor === 'string') facts.add(`act ${request} ${actor}`);
      if (typeof packet !== 'string') return;
      if (typeof envelope === 'string') facts.add(`packet ${packet} ${envelope}`);
      if (typeof outcome === 'string') facts.add(`receipt ${packet} ${outcome}`);
      for (const lease of leasesOf(data['evidence'])) facts.add(`lease ${packet} ${lease}`);
    },
  };
}

/**
 * State without its entry, and a receipt's entry without its state (attack 20): a request, a vote by that person, a
 * packet of those bytes, a receipt of that outcome, a lease that the doer signed for. Hashes cannot see what was never
 * written; this comparison can. The minute before `until` is left out: its events may still wait in the inbox. Who was
 * erased has no name left to compare.
 */
export async function findUnledgered(
  pool: Pool,
  tenant: TenantId,
  ledgered: { told: ReadonlySet<string>; until: Date },
): Promise<Problem[]> {
  const { rows } = await pool.query<{ what: string; fact: string }>(STATE, [
    tenant,
    new Date(ledgered.until.getTime() - GRACE_MILLISECONDS),
  ]);
  const unledgered = (detail: string): Problem => ({ seq: null, mechanism: 'unledgered', detail });
  const gone = await findGoneReceipts(pool, tenant, ledgered.told);
  const untold = await findUntoldLeases(pool, tenant, ledgered.told);
  return [
    ...rows
      .filter(({ fact }) => !ledgered.told.has(fact))
      .map(({ what }) => unledgered(`${what}, of which the ledger knows nothing`)),
    ...untold.map((lease) => unledgered(`the lease ${lease}, of which the ledger knows nothing`)),
    ...gone.map((packet) => unledgered(`the receipt of ${packet}, which the ledger tells of, is gone`)),
  ];
}

const STATE = `
  SELECT 'a request ' || id AS what, 'request ' || id AS fact FROM gate.request WHERE tenant = $1 AND created_at < $2
  UNION ALL SELECT 'a vote of ' || request_id || ' by ' || coalesce(pseudonym, 'somebody'),
    coalesce('act ' || request_id || ' ' || pseudonym, 'request ' || request_id)
    FROM gate.vote LEFT JOIN ledger.ledger_pseudonym AS name ON name.tenant = vote.tenant AND name.principal = vote.principal
    WHERE vote.tenant = $1 AND cast_at < $2
  UNION ALL SELECT 'a packet of ' || request_id, 'packet ' || id || ' ' || encode(sha256(envelope), 'hex')
    FROM gate.packet WHERE tenant = $1 AND released_at < $2
  UNION ALL SELECT 'a receipt of ' || request_id, 'receipt ' || packet_id || ' ' || outcome
    FROM gate.receipt WHERE tenant = $1 AND received_at < $2
  UNION ALL SELECT 'a pruning of entries from ' || max(first_seq), 'pruned ' || max(first_seq)
    FROM ledger.ledger_range WHERE tenant = $1 AND pruned HAVING count(*) > 0`;

/** Entry and receipt are one commit, and no role may delete a receipt: no grace is needed. */
async function findGoneReceipts(pool: Pool, tenant: TenantId, told: ReadonlySet<string>): Promise<string[]> {
  const packets = [...told].flatMap((fact) =>
    fact.startsWith('receipt ') ? [fact.split(' ')[1] ?? ''] : [],
  );
  const { rows } = await pool.query<{ packet: string }>(
    `SELECT packet FROM unnest($2::text[]) AS packet
     WHERE NOT EXISTS (SELECT FROM gate.receipt WHERE tenant = $1 AND packet_id = packet)`,
    [tenant, packets],
  );
  return rows.map(({ packet }) => packet);
}

const PAGE = 1_000;
const SignedLeases = z.object({ leases: z.array(z.object({ id: z.string() })) });
const SignedReceipt = z.object({ payload: z.base64url() });

const leasesOf = (evidence: unknown): string[] =>
  (SignedLeases.safeParse(evidence).data?.leases ?? []).map(({ id }) => id);

/** By the doer's own words in the receipts kept: their entries must tell of every lease. */
async function findUntoldLeases(pool: Pool, tenant: TenantId, told: ReadonlySet<string>): Promise<string[]> {
  const untold: string[] = [];
  for (let after = ''; ; ) {
    const { rows } = await pool.query<{ packet: string; receipt: Buffer }>(
      `SELECT packet_id AS packet, receipt FROM gate.receipt WHERE tenant = $1 AND packet_id > $2
       ORDER BY packet_id LIMIT ${PAGE}`,
      [tenant, after],
    );
    for (const { packet, receipt } of rows)
      untold.push(...signedLeases(receipt).filter((lease) => !told.has(`lease ${packet} ${lease}`)));
    after = rows.at(-1)?.packet ?? '';
    if (rows.length < PAGE) return untold;
  }
}

/** Bytes that are no receipt hold no leases; that such a receipt was settled is for its own entry to tell. */
function signedLeases(receipt: Buffer): string[] {
  try {
    const { payload } = SignedReceipt.parse(JSON.parse(receipt.toString('utf8')));
    const { evidence } = z
      .object({ evidence: z.unknown() })
      .parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return leasesOf(evidence);
  } catch {
    return [];
  }
}
