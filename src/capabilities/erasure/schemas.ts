import { z } from 'zod';
import { Sha256Hex } from '../../core/canonical.js';
import { Instant } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import type { RequestOf } from '../define.js';
import { Decided } from '../votes.js';
import type { ErasureState } from './machine.js';

/** A request nobody answers is over after this long. */
export const PENDING_DAYS = 7;
/** How long until a countersigned erasure looks again whether anything of the person is still open. */
export const LOOK_MINUTES = 60;

/** What an erasure knows; whom it erases stands in the request's `subject`. */
export const Details = z.object({
  reason: z.string(),
  /** Over who asks, whom it erases and why: what the second person agrees to. */
  seal: Sha256Hex,
  /** gate.commit counts them, too. */
  approvalsNeeded: z.literal(1),
  /** Who of security there was to countersign. */
  approvers: z.array(PrincipalId),
  pendingUntil: Instant,
  decided: Decided.nullable(),
  /** What was open at the last look: requests by number, a legal hold without one. */
  waitsFor: z.array(z.object({ number: z.int().nullable(), what: z.string() })),
  /** Of how many requests the words were gone through. */
  erased: z.object({ at: Instant, requests: z.int() }).nullable(),
});
export type Details = z.infer<typeof Details>;

export type Erasure = RequestOf<ErasureState, Details>;

export const eventTypes = [
  'erasure.requested',
  'erasure.request_refused',
  'erasure.vote_refused',
  'erasure.approved',
  'erasure.vote_withdrawn',
  'erasure.denied',
  'erasure.timed_out',
  'erasure.stopped',
  'erasure.waited',
  'erasure.execute_refused',
  'erasure.begun',
  'erasure.erased',
] as const;
