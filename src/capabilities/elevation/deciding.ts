import { z } from 'zod';
import { type Progress, progressOf } from '../../core/approvals.js';
import { Instant } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import { StopReason, type StoredVote } from '../../store/index.js';

/** What of a decision is not votes: who is asked in turn, and what was said and done while it was open. */
export const Deciding = z.object({
  /** Each in turn; their `needed` add up to the approvals needed. Those best asked first come first. */
  stages: z.array(z.object({ needed: z.int().min(1), approvers: z.array(PrincipalId) })).min(1),
  /** Why more approvals are needed than usual, in policy's own sentences. */
  raised: z.array(z.string()),
  /** Too few are left who may approve: the requester is told. */
  tooFew: z.boolean(),
  shortened: z.array(
    z.object({ by: PrincipalId, at: Instant, fromMinutes: z.int(), toMinutes: z.int(), voided: z.int() }),
  ),
  /** Approvals that no longer count: taken back, or `because` of what befell the approver's account. */
  withdrawn: z.array(
    z.object({
      by: PrincipalId,
      at: Instant,
      because: StopReason.nullable(),
    }),
  ),
  questions: z.array(
    z.object({
      by: PrincipalId,
      at: Instant,
      text: z.string(),
      answer: z.object({ by: PrincipalId, at: Instant, text: z.string() }).nullable(),
    }),
  ),
  nudges: z.array(z.object({ at: Instant, people: z.array(PrincipalId) })),
  /** How far up the ladder the present stage is, and when the next reminder is due. */
  nudgeStep: z.int(),
  nudgeAt: Instant.nullable(),
});
export type Deciding = z.infer<typeof Deciding>;

/** A decision that begins: nothing was said or done yet. */
export const newDeciding = (of: Pick<Deciding, 'stages' | 'raised' | 'nudgeAt'>): Deciding => ({
  ...of,
  tooFew: false,
  shortened: [],
  withdrawn: [],
  questions: [],
  nudges: [],
  nudgeStep: 0,
});

interface Decided {
  votes: readonly StoredVote[];
  details: { seal: string; deciding: Pick<Deciding, 'stages'> };
}

/** Who said yes to the terms as they stand, oldest first. */
export const approvalsOf = ({ votes, details }: Decided): PrincipalId[] =>
  votes
    .filter((vote) => vote.verdict === 'approve' && vote.seal === details.seal)
    .map((vote) => vote.principal);

export const progressNow = (request: Decided): Progress =>
  progressOf(request.details.deciding.stages, approvalsOf(request));

/** When a pending request has something to do: remind, or give up. */
export function wakeAt(details: { pendingUntil: string; deciding: Pick<Deciding, 'nudgeAt'> }): Date {
  const { pendingUntil, deciding } = details;
  const moments = [pendingUntil, deciding.nudgeAt ?? pendingUntil].map((instant) => Date.parse(instant));
  return new Date(Math.min(...moments));
}
