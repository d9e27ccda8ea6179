import { newEventId } from '../../core/ids.js';
import type { PrincipalId } from '../../core/tenant.js';
import { isEffect, refusal } from '../../policy/index.js';
import { refuse, type VoteWrite } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { buildFacts } from './facts.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';

/** A click on Approve or Deny. `seal` is the digest the button carried: what that person saw. */
export interface Ballot {
  by: PrincipalId;
  seal: string;
  input: string;
}

export const termsOf = (request: Elevation) => ({
  requester: request.requester,
  subject: request.subject,
  system: request.details.system,
  scope: request.details.scope,
  durationMinutes: request.details.durationMinutes,
  reason: request.details.reason,
});

/** May this person vote on this request now, on these very terms? A no is ledgered and goes back to the clicker alone. */
export async function judgeVote(
  context: VerbContext,
  request: Elevation,
  ballot: Ballot,
  verdict: 'approve' | 'deny',
) {
  const now = context.clock.now();
  if (request.state !== 'pending') return { ok: false as const, answer: alreadyResolved(request) };
  const facts = await buildFacts(context, {
    action: 'vote',
    now,
    actor: ballot.by,
    terms: termsOf(request),
    request,
  });
  const decision = judge(context, request, ballot, facts);
  if (isEffect(decision, 'allow')) return { ok: true as const, now, decision };
  const answer = await refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input: ballot.input,
    decision: isEffect(decision, 'require_hitl')
      ? refusal('elevation.vote_unclear', 'Policy gave no clear answer.')
      : decision,
    event: { type: 'elevation.vote_refused', requestId: request.id, actor: ballot.by, data: { verdict } },
  });
  return { ok: false as const, answer };
}

function judge(
  context: VerbContext,
  request: Elevation,
  ballot: Ballot,
  facts: Parameters<VerbContext['policy']['decide']>[1],
) {
  if (ballot.seal !== request.details.seal)
    return refusal(
      'elevation.seal_changed',
      'The request changed after this message was shown. Look again, then decide.',
    );
  if (request.votes.some((vote) => vote.principal === ballot.by))
    return refusal('elevation.voted_already', 'You have voted on this request already.');
  return context.policy.decide('elevation/decision', facts);
}

export const voteWrite = (
  request: Elevation,
  ballot: Ballot,
  verdict: 'approve' | 'deny',
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
