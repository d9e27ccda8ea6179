import type { Pool } from 'pg';
import { z } from 'zod';
import { sha256Hex } from '../core/canonical.js';
import type { Entry } from '../core/entry.js';
import { parseStrictJson } from '../core/strict-json.js';
import type { TenantId } from '../core/tenant.js';
import type { Problem } from './check-chain.js';
import { commitTo } from './commitment.js';
import { openPersonal } from './personal.js';
import type { SubjectKeys } from './subject-keys.js';

/** How much of what lies beside the entries could be held against them. */
export interface BesideCounts {
  commitmentsChecked: number;
  /** Erased, or their key is not at hand: the entry verifies all the same. */
  commitmentsUnopened: number;
  policyInputsChecked: number;
  policyInputsAbsent: number;
}

const Payload = z.object({
  id: z.uuid(),
  type: z.string(),
  request: z.string().nullable(),
  actor: z.union([z.string(), z.object({ process: z.string() })]),
  data: z.looseObject({}),
  commitments: z.record(z.string(), z.string()),
  decision: z.object({ inputDigest: z.string() }).nullable(),
});
export type Payload = z.infer<typeof Payload>;

/** Parses a page's payloads strictly and checks commitments, policy inputs and places against what is stored beside. */
export async function checkBeside(
  deps: {
    pool: Pool;
    tenant: TenantId;
    subjectKeys: SubjectKeys | null;
    /** Hears each entry's payload, for what is compared once all are read. */
    onPayload: (payload: Payload) => void;
  },
  page: readonly Entry[],
  counts: BesideCounts,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const events = new Map<string, { seq: number; payload: Payload }>();
  for (const { seq, payload } of page) {
    const parsed = readPayload(payload);
    if (!parsed) problems.push({ seq, mechanism: 'payload', detail: 'not the strict JSON of an event' });
    else if (events.has(parsed.id))
      problems.push({ seq, mechanism: 'payload', detail: 'repeats the id of another entry' });
    else events.set(parsed.id, { seq, payload: parsed });
    if (parsed) deps.onPayload(parsed);
  }
  const ids = [...events.keys()];
  problems.push(...(await checkPlaces(deps, events, ids)));
  problems.push(...(await checkPolicyInputs(deps, events, ids, counts)));
  problems.push(...(await checkCommitments(deps, events, ids, counts)));
  return problems;
}

function readPayload(bytes: Uint8Array): Payload | null {
  try {
    return Payload.parse(parseStrictJson(bytes));
  } catch {
    return null;
  }
}

type Deps = Parameters<typeof checkBeside>[0];
type Events = ReadonlyMap<string, { seq: number; payload: Payload }>;

async function checkPlaces({ pool, tenant }: Deps, events: Events, ids: string[]): Promise<Problem[]> {
  const { rows } = await pool.query<{ event_id: string; seq: string }>(
    'SELECT event_id, seq FROM ledger.ledger_sequenced WHERE tenant = $1 AND event_id = ANY($2::uuid[])',
    [tenant, ids],
  );
  const places = new Map(rows.map((row) => [row.event_id, Number(row.seq)]));
  return [...events]
    .filter(([id, { seq }]) => places.get(id) !== seq)
    .map(([, { seq }]) => ({
      seq,
      mechanism: 'sequenced',
      detail: 'its event is recorded at another place, or at none',
    }));
}

async function checkPolicyInputs(
  { pool, tenant }: Deps,
  events: Events,
  ids: string[],
  counts: BesideCounts,
): Promise<Problem[]> {
  const { rows } = await pool.query<{ event_id: string; input: Buffer }>(
    'SELECT event_id, input FROM ledger.ledger_policy_input WHERE tenant = $1 AND event_id = ANY($2::uuid[])',
    [tenant, ids],
  );
  const inputs = new Map(rows.map((row) => [row.event_id, row.input]));
  const problems: Problem[] = [];
  for (const [id, { seq, payload }] of events) {
    const input = inputs.get(id);
    if (input) counts.policyInputsChecked += 1;
    else if (payload.decision) counts.policyInputsAbsent += 1;
    if (input && sha256Hex(input) !== payload.decision?.inputDigest)
      problems.push({
        seq,
        mechanism: 'policy-input',
        detail: 'the stored policy input is not the one decided on',
      });
  }
  return problems;
}

async function checkCommitments(
  deps: Deps,
  events: Events,
  ids: string[],
  counts: BesideCounts,
): Promise<Problem[]> {
  const { pool, tenant, subjectKeys } = deps;
  const { rows } = await pool.query<{ event_id: string; field: string; pseudonym: string; sealed: Buffer }>(
    'SELECT event_id, field, pseudonym, sealed FROM ledger.ledger_personal WHERE tenant = $1 AND event_id = ANY($2::uuid[])',
    [tenant, ids],
  );
  const problems: Problem[] = [];
  let unopened = [...events.values()].reduce(
    (sum, { payload }) => sum + Object.keys(payload.commitments).length,
    0,
  );
  for (const { event_id: eventId, field, pseudonym, sealed } of rows) {
    const event = events.get(eventId);
    const key = await subjectKeys?.find(pseudonym);
    if (!event || !key) continue;
    const opened = openPersonal(key, { tenant, eventId, field, pseudonym }, sealed);
    if (!opened || commitTo(opened.salt, field, opened.text) !== event.payload.commitments[field])
      problems.push({
        seq: event.seq,
        mechanism: 'commitment',
        detail: `the text kept for ${field} is not the one committed to`,
      });
    counts.commitmentsChecked += 1;
    unopened -= 1;
  }
  counts.commitmentsUnopened += unopened;
  return problems;
}
