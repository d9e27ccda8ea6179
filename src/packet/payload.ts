import { z } from 'zod';
import { type Json, Sha256Hex } from '../core/canonical.js';
import { SealedChange } from '../core/change.js';
import { Instant } from '../core/clock.js';
import { PacketId, PrincipalId, RequestId, TenantId } from '../core/tenant.js';

/** A system's or scope's name as the organisation's YAML and the doer's limits file spell it. */
export const Name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/);

/** An age X25519 recipient; the one-use public half of whoever asked to be shown a credential (rule 9). */
const AgeRecipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/);

const JsonValue: z.ZodType<Json> = z.json();

const common = {
  v: z.literal(1),
  /** The nonce too: a packet id is accepted once (rule 6). */
  id: PacketId,
  tenant: TenantId,
  /** The grant this is about; a grant's id is its request's id. */
  requestId: RequestId,
  system: Name,
  issuedAt: Instant,
  notBefore: Instant,
};

/** A vote as it travels: who, what exactly was sealed, and a slot for that person's own proof (rule 6). */
const PacketVote = z.strictObject({
  voteId: z.uuid(),
  principal: PrincipalId,
  verdict: z.literal('approve'),
  seal: Sha256Hex,
  castAt: Instant,
  proof: JsonValue.nullable(),
});

/** The window that let a grant through: what its votes were cast for, in place of the grant's own terms. */
const PacketWindow = z.strictObject({
  requestId: RequestId,
  requester: PrincipalId,
  terms: z.strictObject({
    people: z.array(PrincipalId).min(1).max(20),
    scopes: z
      .array(z.strictObject({ scope: Name, privileges: z.array(z.string().min(1).max(400)).min(1).max(500) }))
      .min(1)
      .max(20),
    uses: z.int().min(1).max(100),
    longestMinutes: z.int().min(1).max(525_600),
    startsAt: Instant,
    endsAt: Instant,
  }),
  reasonDigest: Sha256Hex,
  seal: Sha256Hex,
});

export const GrantPacket = z.strictObject({
  ...common,
  kind: z.literal('grant'),
  expiresAt: Instant,
  requester: PrincipalId,
  subject: PrincipalId,
  scope: Name,
  /** The subject's own account at the system, where it admits that; null where a grant makes an account. */
  login: z.string().min(1).max(100).nullable(),
  /** The connector's own words, sorted and without repeats; for postgres see connectors/postgres/privileges.ts. */
  privileges: z.array(z.string().min(1).max(400)).min(1).max(500),
  startAt: Instant.nullable(),
  durationMinutes: z.int().min(1).max(525_600),
  /** What is deployed with it, where it deploys something. */
  change: SealedChange.nullable(),
  reasonDigest: Sha256Hex,
  seal: Sha256Hex,
  /** Whatever the doer's clock says at first creation, access never lasts beyond this. */
  endsAtLatest: Instant,
  approvalsNeeded: z.int().min(0).max(20),
  votes: z.array(PacketVote).max(20),
  /** Null where the votes are over this very grant. */
  window: PacketWindow.nullable(),
});
export type GrantPacket = z.infer<typeof GrantPacket>;

export const EndReason = z.enum(['expired', 'ended_early', 'revoked', 'unproven_retry', 'resurrected']);
export type EndReason = z.infer<typeof EndReason>;

/** Never expires and repeats safely (rule 2). */
export const EndPacket = z.strictObject({
  ...common,
  kind: z.literal('end'),
  expiresAt: z.null(),
  reason: EndReason,
});
export type EndPacket = z.infer<typeof EndPacket>;

export const RevealPacket = z.strictObject({
  ...common,
  kind: z.literal('reveal'),
  expiresAt: Instant,
  /** Who is shown the credential; the doer holds it against the grant's subject. */
  subject: PrincipalId,
  recipient: AgeRecipient,
  /** A slot for that person's own proof of having asked. */
  proof: JsonValue.nullable(),
});
export type RevealPacket = z.infer<typeof RevealPacket>;

/** A standing login of the target, named in the doer's limits file. */
const StandingAccount = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

/** Hands a break-glass account to one person for a while. Nothing can be shown of it before the doer took this. */
export const CheckOutPacket = z.strictObject({
  ...common,
  kind: z.literal('check_out'),
  expiresAt: Instant,
  subject: PrincipalId,
  account: StandingAccount,
  /** Whether the system's definition lets the account be a superuser; the target's owner must let it too. */
  superuser: z.boolean(),
  durationMinutes: z.int().min(1).max(1_440),
  /** Whatever the doer's clock says when it takes this, the use never lasts beyond. */
  endsAtLatest: Instant,
});
export type CheckOutPacket = z.infer<typeof CheckOutPacket>;

/** Ends whatever was ever shown of a standing login. An ending: it never expires and repeats safely (rule 2). */
export const RotatePacket = z.strictObject({
  ...common,
  kind: z.literal('rotate'),
  expiresAt: z.null(),
  account: StandingAccount,
});
export type RotatePacket = z.infer<typeof RotatePacket>;

export const ObserveQuestion = z.discriminatedUnion('ask', [
  /** Does this request's account exist, until when, with how many sessions? */
  z.strictObject({ ask: z.literal('grant_state') }),
  /** What may this scope do at the target now? */
  z.strictObject({ ask: z.literal('scope_privileges'), scope: Name }),
  /** Which of these lines of what a use left behind are gone? Counted from 0 in the receipt of its rotation. */
  z.strictObject({
    ask: z.literal('difference_lines'),
    use: RequestId,
    lines: z.array(z.int().min(0)).min(1).max(100),
  }),
]);
export type ObserveQuestion = z.infer<typeof ObserveQuestion>;

export const ObservePacket = z.strictObject({
  ...common,
  kind: z.literal('observe'),
  expiresAt: Instant,
  question: ObserveQuestion,
});
export type ObservePacket = z.infer<typeof ObservePacket>;

export const PacketPayload = z.discriminatedUnion('kind', [
  GrantPacket,
  EndPacket,
  RevealPacket,
  CheckOutPacket,
  RotatePacket,
  ObservePacket,
]);
export type PacketPayload = z.infer<typeof PacketPayload>;

export const PacketKind = z.enum(['grant', 'end', 'reveal', 'check_out', 'rotate', 'observe']);
export type PacketKind = z.infer<typeof PacketKind>;

/** Packets that end something: no clock, ledger or queue may delay them (rule 2). */
export const isEnding = (kind: PacketKind): boolean => kind === 'end' || kind === 'rotate';

/** How long a packet other than an end may be good for (rule 4). */
export const PACKET_VALIDITY_SECONDS = 120;
