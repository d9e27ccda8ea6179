import type { Json } from '../core/canonical.js';
import { newEventId } from '../core/ids.js';
import type { PrincipalId } from '../core/tenant.js';
import { type Decision, isEffect, refusal } from '../policy/index.js';
import { refuse, type StoredRequest, type VoteWrite } from '../store/index.js';
import type { VerbContext } from './define.js';

/** A click on Approve or Deny. `seal` is the digest the button carried: what that person saw. */
export interface Ballot {
  by: PrincipalId;
  seal: string;
  input: string;
}

type Verdict = VoteWrite['verdict'];
type Sealed = Pick<StoredRequest, 'id' | 'capability' | 'votes'> & { details: { seal: string } };

/** May this person vote on this request now, on these very terms? A no is ledgered and goes back to the clicker alone. */
export async function judgeBallot(
  context: VerbContext,
  request: Sealed,
  cast: { ballot: Ballot; verdict: Verdict; now: Date; entrypoint: string; facts: Json },
) {
  const { ballot, verdict, now } = cast;
  const decision = judge(context, request, cast);
  if (isEffect(decision, 'allow')) return { ok: true as const, now, decision };
  const answer = await refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input: ballot.input,
    decision: clearRefusal(decision, `${request.capability}.vote_unclear`),
    event: {
      type: `${request.capability}.vote_refused`,
      requestId: request.id,
      actor: ballot.by,
      data: { verdict },
    },
  });
  return { ok: false as const, answer };
}

function judge(
  context: VerbContext,
  request: Sealed,
  { ballot, entrypoint, facts }: { ballot: Ballot; entrypoint: string; facts: Json },
): Decision {
  if (ballot.seal !== request.details.seal)
    return refusal(
      `${request.capability}.seal_changed`,
      'The request changed after this message was shown. Look again, then decide.',
    );
  if (request.votes.some((vote) => vote.principal === ballot.by))
    return refusal(`${request.capability}.voted_already`, 'You have voted on this request already.');
  return context.policy.decide(entrypoint, facts);
}

/** What is no plain yes is a no: an answer that does not fit the question refuses under `rule`. */
export const clearRefusal = (decision: Decision, rule: string): Decision<'deny' | 'block'> =>
  isEffect(decision, 'deny') || isEffect(decision, 'block')
    ? decision
    : refusal(rule, 'Policy gave no clear answer.');

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
