import type { Pool } from 'pg';
import { z } from 'zod';
import { type Json, sha256Hex } from '../core/canonical.js';
import { decodeEntry } from '../core/entry.js';
import { parseStrictJson } from '../core/strict-json.js';
import type { RequestId, TenantId } from '../core/tenant.js';

const Payload = z.object({
  id: z.uuid(),
  type: z.string(),
  at: z.string(),
  request: z.string().nullable(),
  actor: z.union([z.string(), z.object({ process: z.string() })]),
  data: z.record(z.string(), z.json()),
  decision: z
    .object({
      effect: z.string(),
      rules: z.array(z.string()),
      policyDigest: z.string(),
      inputDigest: z.string(),
    })
    .nullable(),
});

/** One thing that happened to a request, with the input it was decided on where that is still kept. */
export interface RequestEvent {
  seq: number;
  type: string;
  at: string;
  /** A pseudonym, or the process that did it. */
  actor: z.infer<typeof Payload>['actor'];
  data: Readonly<Record<string, Json>>;
  decision: z.infer<typeof Payload>['decision'];
  /** Canonical JSON whose digest the entry holds; null when it is not at hand or is another. */
  policyInput: string | null;
}

/** Processes whose clocks differ, and an entry that waited for its sequencer. */
const SLACK_MICROS = 3_600_000_000;

/**
 * All entries about these requests, oldest first. The entries have no index by request: it reads the whole log, or from the
 * range on that was being written at `since`.
 */
export async function readRequestEvents(
  pool: Pool,
  tenant: TenantId,
  { requests, since }: { requests: readonly RequestId[]; since?: Date },
): Promise<RequestEvent[]> {
  const { rows } = await pool.query<{ seq: string; entry: Buffer; input: Buffer | null }>(
    `SELECT entry.seq, entry, input FROM ledger.ledger_entry AS entry
     JOIN ledger.ledger_sequenced AS placed USING (tenant, seq)
     LEFT JOIN ledger.ledger_policy_input AS kept USING (tenant, event_id)
     WHERE tenant = $1 AND seq >= coalesce(
         (SELECT max(first_seq) FROM ledger.ledger_range WHERE tenant = $1 AND opened_micros <= $3), 0)
       AND EXISTS (SELECT FROM unnest($2::text[]) AS id WHERE position(convert_to(id, 'UTF8') IN entry) > 0)
     ORDER BY seq`,
    [tenant, requests, (since?.getTime() ?? 0) * 1_000 - SLACK_MICROS],
  );
  const asked = new Set<string | null>(requests);
  return rows.flatMap(({ seq, entry, input }) => {
    const { request, ...said } = Payload.parse(parseStrictJson(decodeEntry(entry).payload));
    const { type, at, actor, data, decision } = said;
    const isKept = input !== null && sha256Hex(input) === decision?.inputDigest;
    const policyInput = isKept ? input.toString('utf8') : null;
    return asked.has(request) ? [{ seq: Number(seq), type, at, actor, data, decision, policyInput }] : [];
  });
}
