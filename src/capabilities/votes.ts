import { z } from 'zod';
import type { Json } from '../core/canonical.js';
import { Instant } from '../core/clock.js';
import { newEventId } from '../core/ids.js';
import { PrincipalId } from '../core/tenant.js';
import { type Decision, isEffect, oblige, refusal } from '../policy/index.js';
import type { StoredRequest, StoredVote, VoteWrite } from '../store/index.js';
import type { Stop, VerbContext } from './define.js';
import { refuseAct } from './refusals.js';

/** A click on Approve or Deny. `seal` is the digest the button carried: what that person saw. */
export interface Ballot {
  by: PrincipalId;
  seal: string;
  input: string;
}

/** The decision that closed the asking, as it is kept: by whom (null: nobody answered), when and why. */
export const Decided = z.object({
  by: PrincipalId.nullable(),
  at: Instant,
  reason: z.string().nullable(),
});
export type Decided = z.infer<typeof Decided>;

type Verdict = VoteWrite['verdict'];
/** What else an approver does about a request, under the same rules. */
type Act = Verdict | 'shorten' | 'ask_more';
type Sealed = Pick<StoredRequest, 'id' | 'capability' | 'votes'> & { details: { seal: string } };

/** May this person vote on this request now, on these very terms? A no is ledgered and goes back to the clicker alone. */
export async function judgeBallot(
  context: VerbContext,
  request: Sealed,
  cast: { ballot: Ballot; verdict: Act; now: Date; entrypoint: string; facts: Json },
) {
  const { ballot, verdict, now } = cast;
  const decision = judge(context, request, cast);
  if (isEffect(decision, 'allow')) return { ok: true as const, now, decision };
  const { by, input } = ballot;
  const answer = await refuseAct(context, request, {
    what: 'vote',
    by,
    input,
    now,
    decision,
    data: { verdict },
  });
  return { ok: false as const, answer };
}

function judge(
  context: VerbContext,
  request: Sealed,
  { ballot, verdict, entrypoint, facts }: { ballot: Ballot; verdict: Act; entrypoint: string; facts: Json },
): Decision {
  if (ballot.seal !== request.details.seal)
    return refusal(
      `${request.capability}.seal_changed`,
      'The request changed after this message was shown. Look again, then decide.',
    );
  // A yes is given once; a no takes one's own yes back with it.
  if (verdict === 'approve' && request.votes.some((vote) => vote.principal === ballot.by))
    return refusal(`${request.capability}.voted_already`, 'You have voted on this request already.');
  return context.policy.decide(entrypoint, facts);
}

export const voteWrite = (
  request: Pick<StoredRequest, 'id'>,
  ballot: Ballot,
  verdict: Verdict,
  reason: string | null,
): VoteWrite => ({
  id: newEventId(),
  requestId: request.id,
  principal: ballot.by,
  verdict,
  seal: ballot.seal,
  reason,
  proof: null,
});

/** A yes for which one person suffices, as one step. */
export const soleYes = (
  request: Pick<StoredRequest, 'id'>,
  ballot: Ballot,
  { now, decision }: { now: Date; decision: Decision<'allow'> },
) => ({
  decided: { by: ballot.by, at: now.toISOString(), reason: null },
  step: {
    on: 'approve' as const,
    at: now,
    decision,
    input: ballot.input,
    votes: [voteWrite(request, ballot, 'approve', null)],
  },
  event: { actor: ballot.by, data: { verdict: 'approve', seal: ballot.seal } },
});

/** A standing yes that counts no more, as one step; `because` is null where its voter took it back. */
export const voidYes = <Name extends string>(
  name: Name,
  request: Pick<StoredRequest, 'id'>,
  taken: { vote: StoredVote; by: PrincipalId | null; because: Stop['reason'] | null; now: Date },
) => {
  const { vote, by, because, now } = taken;
  return {
    on: 'unvote' as const,
    at: now,
    decision: oblige({
      rule: `${name}.vote_withdrawn`,
      message: 'Whoever approved does not any more.',
      basis: { request: request.id, vote: vote.id, because },
    }),
    voidVotes: [vote.id],
    event: {
      type: `${name}.vote_withdrawn` as const,
      actor: by ?? { process: 'worker' },
      people: { voter: vote.principal },
      data: { vote: vote.id, because },
    },
  };
};
