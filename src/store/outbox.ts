import { z } from 'zod';
import type { TenantId } from '../core/tenant.js';
import { proveEvent } from '../ledger/index.js';
import { Effect } from './effects.js';
import type { Store } from './store.js';

/** An effect in hand: nobody else is given it before the claim lapses. */
export interface ClaimedEffect {
  id: bigint;
  /** Null where it does not parse: it stays, and what was taken with it does not wait for it. */
  effect: Effect | null;
  attempts: number;
  /** The entry it waited for, where it did. */
  eventId: string | null;
}

const Row = z.object({
  id: z.coerce.bigint(),
  payload: z.unknown(),
  attempts: z.int(),
  event_id: z.uuid().nullable(),
});

/** No effect waits for longer than this, so one that would was left under a clock since set back: it is due now. */
const LONGEST_WAIT_SECONDS = 600;

/**
 * Takes the oldest effects that are due, for so long: what a dead worker had in hand waits for no less. What awaits an
 * event is not due before the sequencer has written that event: no act without its entry (rule 7). Nothing is resolved
 * at the pager before it was told of it, or it would stay open there for ever.
 */
export async function claimEffects(
  store: Store,
  claim: { tenant: TenantId; kinds: readonly Effect['kind'][]; now: Date; take: number; seconds: number },
): Promise<ClaimedEffect[]> {
  const inSeconds = (seconds: number): Date => new Date(claim.now.getTime() + seconds * 1000);
  const result = await store.pool.query({
    name: 'claim-effects',
    text: `WITH ready AS (
        SELECT o.id FROM gate.outbox o
        WHERE o.tenant = $1 AND o.kind = ANY ($2) AND (o.not_before <= $3 OR o.not_before > $6)
          AND (o.event_id IS NULL OR EXISTS (
            SELECT FROM ledger.ledger_sequenced s WHERE s.tenant = o.tenant AND s.event_id = o.event_id))
          AND (o.kind <> 'resolve' OR NOT EXISTS (
            SELECT FROM gate.outbox a WHERE a.tenant = o.tenant AND a.request_id = o.request_id AND a.kind = 'alert'
              AND a.payload->>'sink' = 'webhook' AND a.id < o.id))
        ORDER BY o.id LIMIT $4 FOR UPDATE OF o SKIP LOCKED
      ), taken AS (
        UPDATE gate.outbox o SET not_before = $5, attempts = o.attempts + 1 FROM ready WHERE o.id = ready.id
        RETURNING o.id, o.payload, o.attempts, o.event_id
      ) SELECT id::text, payload, attempts, event_id FROM taken ORDER BY taken.id`,
    values: [
      claim.tenant,
      claim.kinds,
      claim.now,
      claim.take,
      inSeconds(claim.seconds),
      inSeconds(LONGEST_WAIT_SECONDS),
    ],
  });
  return z
    .array(Row)
    .parse(result.rows)
    .map((row) => ({
      id: row.id,
      effect: Effect.safeParse(row.payload).data ?? null,
      attempts: row.attempts,
      eventId: row.event_id,
    }));
}

export async function finishEffect(store: Store, id: bigint): Promise<void> {
  await store.pool.query('DELETE FROM gate.outbox WHERE id = $1', [id.toString()]);
}

export async function postponeEffect(store: Store, id: bigint, until: Date): Promise<void> {
  await store.pool.query('UPDATE gate.outbox SET not_before = $2 WHERE id = $1', [id.toString(), until]);
}

/**
 * Hands a packet to the doer; a second release of the same packet changes nothing. One that awaited its entry takes the
 * proof of it along: the entry and a C2SP tlog-proof under the newest checkpoint (rule 7). False while no signed
 * checkpoint covers that entry yet.
 */
export async function releasePacket(
  store: Store,
  packet: {
    tenant: TenantId;
    effect: Extract<Effect, { kind: 'packet' }>;
    eventId: string | null;
    now: Date;
  },
): Promise<boolean> {
  const { tenant, effect, eventId } = packet;
  const proven = eventId === null ? null : await proveEvent(store.pool, tenant, eventId);
  if (eventId !== null && proven === null) return false;
  const proof = proven === null ? null : { entry: proven.entry.toString('base64'), proof: proven.proof };
  await store.pool.query(
    `INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, proof, released_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [
      tenant,
      effect.packetId,
      effect.packetKind,
      effect.requestId,
      effect.system,
      Buffer.from(effect.envelope, 'base64'),
      proof,
      packet.now,
    ],
  );
  return true;
}
