import { z } from 'zod';
import type { Json } from '../core/canonical.js';
import { Instant } from '../core/clock.js';
import { PacketId, RequestId, TenantId } from '../core/tenant.js';
import { PacketKind } from './payload.js';

const ReceiptOutcome = z.enum([
  'granted',
  'ended',
  'unproven',
  'revealed',
  'checked_out',
  'rotated',
  'observed',
  'rejected',
]);

/**
 * Why. `done` with every success; the rest are refusals or what is left to prove. Stable: the worker ledgers them.
 * `signature_rejected` covers whatever does not verify (rule 6); `evidence.why` then says which check.
 */
export const ReceiptCode = z.enum([
  'done',
  'signature_rejected',
  'packet_expired',
  'packet_not_yet_valid',
  'packet_replayed',
  'grant_tombstoned',
  'grant_not_live',
  'grant_terms_differ',
  'seal_mismatch',
  'vote_invalid',
  'votes_missing',
  'limit_system',
  'limit_scope',
  'limit_privileges',
  'limit_duration',
  'limit_change',
  'limit_rate',
  'limit_window',
  'window_mismatch',
  'limit_account',
  'start_in_future',
  'already_past_end',
  'scope_privileges_differ',
  'scope_not_clean',
  'public_excess',
  'target_clock_skew',
  'target_unreachable',
  'target_refused',
  'subject_mismatch',
  /** A newer showing was begun: this one would kill its password. */
  'showing_superseded',
  /** The person's own account is let in: there is nothing to show. */
  'no_credential',
  /** In the group already, and not by a grant of ours: ending one would take away what is not ours. */
  'already_member',
  'not_logged',
  'log_forked',
  'revoke_unproven',
  'rotation_unproven',
  'account_in_use',
  'account_unfit',
  /** Nothing is kept here of what this use left behind. */
  'difference_unknown',
]);
export type ReceiptCode = z.infer<typeof ReceiptCode>;

/**
 * What a use left behind at the target: one line of it in the connector's words, or (`more`) what does not fit here. It
 * stands beside the evidence, which goes into the ledger: an entry takes 64 kB, and holds its digest.
 */
export const DriftLine = z.strictObject({
  change: z.enum(['added', 'removed', 'more']),
  line: z.string().max(2_000),
});
export type DriftLine = z.infer<typeof DriftLine>;

const JsonObject: z.ZodType<{ readonly [key: string]: Json }> = z.record(z.string(), z.json());

/**
 * The doer's signed answer; exactly one a packet id. What the doer ends by itself (rule 12) carries a packet id of the
 * doer's own and `origin: 'doer'`; the worker takes it as proof all the same.
 */
export const Receipt = z.strictObject({
  v: z.literal(1),
  origin: z.enum(['packet', 'doer']),
  packetId: PacketId,
  /** Null for what is of no request: the sweeping of leases. */
  requestId: RequestId.nullable(),
  tenant: TenantId,
  system: z.string().max(64),
  /** Of the packet it answers; `lease`: leases of a doer that died were ended. */
  kind: z.enum([...PacketKind.options, 'lease']),
  outcome: ReceiptOutcome,
  code: ReceiptCode,
  at: Instant,
  /** `granted`: when access ends. Set at first creation and never extended (rule 12). */
  expiresAt: Instant.nullable(),
  /** The login at the target, where one is or was. */
  account: z.string().max(63).nullable(),
  /** What the target said when read back, and which leases it took. Never a secret. */
  evidence: JsonObject,
  /** `rotated`, of a use: what stayed behind, the most dangerous first. */
  drift: z.array(DriftLine).nullable(),
  /** `revealed`: base64 of an age file for the packet's recipient, holding a Credential as JSON. */
  ciphertext: z.base64().max(8192).nullable(),
});
export type Receipt = z.infer<typeof Receipt>;

/** What the decrypted ciphertext of a `revealed` receipt holds. */
export const Credential = z.strictObject({
  uri: z.string(),
  host: z.string(),
  port: z.int(),
  database: z.string(),
  user: z.string(),
  password: z.string(),
});
export type Credential = z.infer<typeof Credential>;
