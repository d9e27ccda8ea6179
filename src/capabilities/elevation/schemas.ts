import { z } from 'zod';
import { Sha256Hex } from '../../core/canonical.js';
import { Instant } from '../../core/clock.js';
import { PacketId, PrincipalId, RequestId } from '../../core/tenant.js';
import { StopReason } from '../../store/index.js';
import type { RequestOf } from '../define.js';
import { ReasonText, TicketText } from '../reason.js';
import { Decided } from '../votes.js';
import { Deployed } from './change.js';
import { Deciding } from './deciding.js';
import type { ElevationState } from './machine.js';

/** A request nobody answers is over after so much of the owner team's working time, and so many days in any case. */
export const PENDING_MINUTES = 8 * 60;
export const PENDING_DAYS_AT_MOST = 5;

/** What an edit may change; system and person stay, since another of these is another request. */
export const EditInput = z.object({
  scope: z.string().min(1).max(64),
  durationMinutes: z.int().min(1).max(525_600),
  reason: ReasonText,
  ticket: TicketText.nullable().default(null),
  /** When the access shall begin; null: once approved. */
  startAt: Instant.nullable().default(null),
  /** What shall be deployed, as `owner/name@ref`; only scopes that deploy something want it. */
  change: z.string().trim().max(320).nullable().default(null),
  /** Numbers of requests for the same that the person was shown, and asks beside. */
  beside: z.array(z.int()).max(50).default([]),
});
export type EditInput = z.input<typeof EditInput>;

/** What a person asks for. */
export const AskInput = EditInput.extend({
  system: z.string().min(1).max(64),
  /** Whom the access is for; null: the one who asks. */
  subject: PrincipalId.nullable().default(null),
});
export type AskInput = z.input<typeof AskInput>;
export type AskTerms = z.output<typeof AskInput>;

const Ending = z.object({
  reason: z.enum([
    'expired',
    'ended_early',
    'revoked',
    'never_started',
    'ticket_closed',
    ...StopReason.options,
  ]),
  by: PrincipalId.nullable(),
  /** What its revoker wrote. */
  why: z.string().nullable(),
  askedAt: Instant,
  packetId: PacketId.nullable(),
  attempts: z.int(),
  provedAt: Instant.nullable(),
});

/** What a stored elevation knows; times are RFC 3339 UTC to the millisecond, durations are minutes. */
export const Details = z.object({
  system: z.string(),
  scope: z.string(),
  /** The subject's own account that the system admits; null where the grant makes one. */
  login: z.string().nullable(),
  privileges: z.array(z.string()),
  durationMinutes: z.int(),
  reason: z.string(),
  ticket: z.string().nullable(),
  startAt: Instant.nullable(),
  change: Deployed.nullable(),
  /** When these terms were asked for: anew with each edit. */
  askedAt: Instant,
  /** Each edit, and whose votes it voided. */
  edits: z.array(z.object({ at: Instant, voided: z.array(PrincipalId) })),
  /** core/seal.ts over these terms: what approvers see, sign and get (rule 5). */
  seal: Sha256Hex,
  approvalsNeeded: z.int(),
  approvers: z.array(PrincipalId),
  deciding: Deciding,
  /** The window that let this through, and who countersigned it; `usesLeft` is gate.commit's own count. */
  window: z
    .object({
      id: RequestId,
      number: z.int(),
      seal: z.string(),
      approvers: z.array(PrincipalId),
      usesLeft: z.int(),
    })
    .nullable(),
  pendingUntil: Instant,
  /** How much of that, in milliseconds, was added because Slack was away. */
  outageMilliseconds: z.int(),
  /** The request whose access this one is to follow. */
  renews: z.object({ id: RequestId, number: z.int() }).nullable(),
  decided: Decided.nullable(),
  grant: z
    .object({
      packetId: PacketId,
      attempts: z.int(),
      /** No grant of this request outlives this, whatever becomes of the receipt. */
      endsAtLatest: Instant,
      account: z.string().nullable(),
      grantedAt: Instant.nullable(),
      expiresAt: Instant.nullable(),
    })
    .nullable(),
  /** When its holder was told that it ends soon. */
  warnedAt: Instant.nullable(),
  showings: z.array(z.object({ packetId: PacketId, askedAt: Instant, shownAt: Instant.nullable() })),
  end: Ending.nullable(),
  /** Why nothing was granted, in a sentence for the requester. */
  failure: z.string().nullable(),
});
export type Details = z.infer<typeof Details>;

export type Elevation = RequestOf<ElevationState, Details>;

export const eventTypes = [
  'elevation.requested',
  'elevation.request_refused',
  'elevation.edited',
  'elevation.edit_refused',
  'elevation.cancelled',
  'elevation.cancel_refused',
  'elevation.vote_cast',
  'elevation.vote_refused',
  'elevation.vote_withdrawn',
  'elevation.shortened',
  'elevation.more_asked',
  'elevation.answered',
  'elevation.answer_refused',
  'elevation.nudged',
  'elevation.approved',
  'elevation.approved_beforehand',
  'elevation.denied',
  'elevation.waited_longer',
  'elevation.timed_out',
  'elevation.withdrawn',
  'elevation.stopped',
  'elevation.release_refused',
  'elevation.released',
  'elevation.granted',
  'elevation.failed',
  'elevation.warned',
  'elevation.ticket_looked_up',
  'elevation.renewal_refused',
  'elevation.credential_asked',
  'elevation.credential_refused',
  'elevation.credential_shown',
  'elevation.end_asked',
  'elevation.end_refused',
  'elevation.follow_refused',
  'elevation.end_sent',
  'elevation.end_unproven',
  'elevation.ended',
  'elevation.receipt_noted',
] as const;
export type ElevationEventType = (typeof eventTypes)[number];
