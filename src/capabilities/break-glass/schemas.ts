import { z } from 'zod';
import { Sha256Hex } from '../../core/canonical.js';
import { Instant } from '../../core/clock.js';
import { PacketId, PrincipalId, RequestId } from '../../core/tenant.js';
import { DriftLine } from '../../packet/index.js';
import { SEVERITIES } from '../../policy/index.js';
import { StopReason } from '../../store/index.js';
import type { RequestOf } from '../define.js';
import { ReasonText } from '../reason.js';
import type { GlassState } from './machine.js';

export const RECORD_SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** What a person asks for, from the modal. `confirmation` is the system's name as they typed it. */
export const UseInput = z.object({
  system: z.string().min(1).max(64),
  incident: z
    .string()
    .trim()
    .min(1, 'Name the incident, e.g. INC-7.')
    .max(100)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'Write the incident on one line.'),
  severity: z.enum(SEVERITIES),
  what: ReasonText,
  confirmation: z.string().max(100),
  /** A use of somebody else's to end, where every account of the system is out. */
  takeOver: RequestId.nullable(),
});
export type UseInput = z.infer<typeof UseInput>;

/** Why policy let them: a verified source, or their own word, which costs more. */
const Basis = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('incident'), id: z.string(), title: z.string(), url: z.string() }),
  z.object({ kind: z.literal('identity_provider'), since: Instant }),
  z.object({ kind: z.literal('self_declared') }),
]);
export type Basis = z.infer<typeof Basis>;

export const EndReason = z.enum([
  'expired',
  'ended_early',
  'taken_over',
  ...StopReason.options,
  'never_opened',
]);

const Ending = z.object({
  reason: EndReason,
  by: PrincipalId.nullable(),
  askedAt: Instant,
  packetId: PacketId.nullable(),
  attempts: z.int(),
  /** How often it was told that the rotation is not proved; each is louder than the one before. */
  alarms: z.int(),
  provedAt: Instant.nullable(),
});

export const UseDetails = z.object({
  part: z.literal('use'),
  system: z.string(),
  account: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
  incident: z.string(),
  severity: z.enum(SEVERITIES),
  what: z.string(),
  basis: Basis,
  /** By their own word, or because no channel took the alert in time. */
  selfDeclared: z.boolean(),
  minutes: z.int(),
  seal: Sha256Hex,
  /** The role that is alerted; at least one of them is not the user. */
  alerted: z.array(PrincipalId),
  /** Whom a self-declared use alerts besides. */
  alsoAlerted: z.array(PrincipalId),
  alerts: z.array(z.object({ channel: z.enum(['slack', 'webhook']), at: Instant })),
  openedAt: Instant,
  /** False while the account is still somebody else's, whose use was taken over. */
  holdsAccount: z.boolean(),
  window: z
    .object({
      packetId: PacketId,
      attempts: z.int(),
      endsAtLatest: Instant,
      checkedOutAt: Instant.nullable(),
      expiresAt: Instant.nullable(),
    })
    .nullable(),
  showings: z.array(z.object({ packetId: PacketId, askedAt: Instant, shownAt: Instant.nullable() })),
  end: Ending.nullable(),
  failure: z.string().nullable(),
  justification: RequestId,
  review: RequestId,
});
export type UseDetails = z.infer<typeof UseDetails>;

export const JustificationDetails = z.object({
  part: z.literal('justification'),
  system: z.string(),
  seal: Sha256Hex,
  /** 24 hours after the first showing; null before there is one. */
  deadline: Instant.nullable(),
  reminders: z.int(),
  overdueAt: Instant.nullable(),
  /** The justification and its amendments, oldest first; each stands. */
  texts: z.array(z.object({ at: Instant, text: z.string() })),
  /** What others know of the use, once it is overdue and its user gone; it counts when a second of them confirms it. */
  standIn: z
    .object({
      by: PrincipalId,
      at: Instant,
      text: z.string(),
      confirmed: z.object({ by: PrincipalId, at: Instant }).nullable(),
    })
    .nullable(),
  review: RequestId,
});
export type JustificationDetails = z.infer<typeof JustificationDetails>;

/** The incident record of the security policy, §8; its type is always `security-incident`. */
export const IncidentRecord = z.object({
  severity: z.enum(RECORD_SEVERITIES),
  detectedAt: Instant,
  description: ReasonText,
  impact: ReasonText,
  remediation: ReasonText,
  prevention: ReasonText,
});
export type IncidentRecord = z.infer<typeof IncidentRecord>;

/** Why a line that somebody calls undone stays open. */
const NotGone = z.enum(['standing', 'unreachable', 'unknown']);
export type NotGone = z.infer<typeof NotGone>;

/** Somebody's word that a line is undone; `found` is what a look at the target made of it, null while there was none. */
const Claim = z.object({ by: PrincipalId, at: Instant, found: NotGone.nullable() });
export type Claim = z.infer<typeof Claim>;

export const ReviewDetails = z.object({
  part: z.literal('review'),
  system: z.string(),
  seal: Sha256Hex,
  owner: PrincipalId,
  record: IncidentRecord,
  /** What the use left behind at the target; null until its rotation is proved. */
  drift: z
    .array(
      z.object({
        ...DriftLine.shape,
        settled: z
          .object({ by: PrincipalId, at: Instant, verdict: z.enum(['accepted', 'undone']) })
          .nullable(),
        claim: Claim.nullable(),
      }),
    )
    .nullable(),
  /** The look at the target that is under way, and at which lines. */
  look: z.object({ packetId: PacketId, askedAt: Instant, lines: z.array(z.int()) }).nullable(),
  dueBy: Instant,
  /** How often it was told that it is overdue. */
  escalations: z.int(),
  /** When it is told to everybody that it is late: first at `dueBy`, then again and again. */
  escalateAt: Instant,
  signedOff: z.object({ by: PrincipalId, at: Instant }).nullable(),
  justification: RequestId,
});
export type ReviewDetails = z.infer<typeof ReviewDetails>;

export const Details = z.discriminatedUnion('part', [UseDetails, JustificationDetails, ReviewDetails]);
export type Details = z.infer<typeof Details>;

export type Glass = RequestOf<GlassState, Details>;
export type Use = RequestOf<GlassState, UseDetails>;
export type Justification = RequestOf<GlassState, JustificationDetails>;
export type Review = RequestOf<GlassState, ReviewDetails>;

export const eventTypes = [
  'break-glass.used',
  'break-glass.use_refused',
  'break-glass.justification_opened',
  'break-glass.review_opened',
  'break-glass.alert_taken',
  'break-glass.waited',
  'break-glass.released',
  'break-glass.checked_out',
  'break-glass.failed',
  'break-glass.credential_asked',
  'break-glass.credential_refused',
  'break-glass.credential_shown',
  'break-glass.end_asked',
  'break-glass.end_refused',
  'break-glass.rotation_sent',
  'break-glass.rotation_unproven',
  'break-glass.rotated',
  'break-glass.closed',
  'break-glass.receipt_noted',
  'break-glass.reminded',
  'break-glass.justification_overdue',
  'break-glass.justified',
  'break-glass.justification_refused',
  'break-glass.stand_in_written',
  'break-glass.stand_in_confirmed',
  'break-glass.review_edited',
  'break-glass.review_refused',
  'break-glass.review_overdue',
  'break-glass.look_sent',
  'break-glass.look_unanswered',
  'break-glass.looked',
  'break-glass.review_read',
  'break-glass.signed_off',
  'break-glass.contained',
  'break-glass.account_found_open',
] as const;
export type GlassEventType = (typeof eventTypes)[number];
