import { z } from 'zod';
import { Sha256Hex } from '../../core/canonical.js';
import { Instant } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import type { RequestOf } from '../define.js';
import { ReasonText } from '../reason.js';
import { Decided } from '../votes.js';
import type { TokenState } from './machine.js';

/** A request nobody answers is over after this long. */
export const PENDING_HOURS = 8;
/** An approved token nobody fetches is never made. */
export const FETCH_HOURS = 24;
export const DEFAULT_DAYS = 30;
export const MAXIMUM_DAYS = 90;

/** What a person asks for, from the modal. */
export const AskInput = z.object({ days: z.int().min(1).max(MAXIMUM_DAYS), purpose: ReasonText });
export type AskInput = z.infer<typeof AskInput>;

/** What a stored request for a token knows. The token itself is nowhere: `digest` is its SHA-256 in lower-case hex. */
export const Details = z.object({
  days: z.int(),
  purpose: z.string(),
  /** core/seal.ts over these terms: what approvers see, sign and get (rule 5). */
  seal: Sha256Hex,
  approvers: z.array(PrincipalId),
  pendingUntil: Instant,
  /** How much of that, in milliseconds, was added because Slack was away. */
  outageMilliseconds: z.int(),
  decided: Decided.nullable(),
  /** Set with the approval: until when its requester may fetch it. */
  fetchUntil: Instant.nullable(),
  token: z.object({ digest: Sha256Hex, shownAt: Instant, expiresAt: Instant }).nullable(),
  revoked: z.object({ by: PrincipalId.nullable(), at: Instant }).nullable(),
});
export type Details = z.infer<typeof Details>;

export type TokenRequest = RequestOf<TokenState, Details>;

export const eventTypes = [
  'auditor-token.requested',
  'auditor-token.request_refused',
  'auditor-token.vote_refused',
  'auditor-token.approved',
  'auditor-token.vote_withdrawn',
  'auditor-token.denied',
  'auditor-token.waited_longer',
  'auditor-token.timed_out',
  'auditor-token.shown',
  'auditor-token.show_refused',
  'auditor-token.lapsed',
  'auditor-token.revoked',
  'auditor-token.revoke_refused',
  'auditor-token.stopped',
  'auditor-token.expired',
] as const;
