import type { Pool } from 'pg';
import { z } from 'zod';
import { sha256Hex } from '../core/canonical.js';
import { decodeEntry } from '../core/entry.js';
import { parseStrictJson } from '../core/strict-json.js';
import type { RequestId, TenantId } from '../core/tenant.js';

const Payload = z.object({
  id: z.uuid(),
  type: z.string(),
  at: z.string(),
  request: z.string().nullable(),
  actor: z.union([z.string(), z.object({ process: z.string() })]),
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
  decision: z.infer<typeof Payload>['decision'];
  /** Canonical JSON whose digest the entry holds; null when it is not at hand or is another. */
  policyInput: string | null;
}

/** All entries about a request, oldest first. Reads the whole log: the entries have no index by request. */
export async function readRequestEvents(
  pool: Pool,
  tenant: TenantId,
  requestId: RequestId,
): Promise<RequestEvent[]> {
  const { rows } = await pool.query<{ seq: string; entry: Buffer; input: Buffer | null }>(
    `SELECT entry.seq, entry, input FROM ledger.ledger_entry AS entry
     JOIN ledger.ledger_sequenced AS placed USING (tenant, seq)
     LEFT JOIN ledger.ledger_policy_input AS kept USING (tenant, event_id)
     WHERE tenant = $1 AND position(convert_to($2, 'UTF8') IN entry) > 0 ORDER BY entry.seq`,
    [tenant, requestId],
  );
  return rows.flatMap(({ seq, entry, input }) => {
    const payload = Payload.parse(parseStrictJson(decodeEntry(entry).payload));
    const { type, at, request, actor, decision } = payload;
    const isKept = input !== null && sha256Hex(input) === decision?.inputDigest;
    const policyInput = isKept ? input.toString('utf8') : null;
    return request === requestId ? [{ seq: Number(seq), type, at, actor, decision, policyInput }] : [];
  });
}
