import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { StoredVote } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { describePrincipals, describeVotes } from '../principal-facts.js';
import type { Erasure } from './schemas.js';

type Ask = { now: Date; actor: PrincipalId } & (
  | { action: 'request'; person: PrincipalId | null }
  | { action: 'vote'; verdict: 'approve' | 'deny'; request: Erasure }
  | { action: 'execute'; request: Erasure }
);

/**
 * The one place that builds policy input for an erasure. Who votes is asked about afresh, and so are both once it is carried
 * out (rule 4).
 * @throws CountersignError `directory_unreachable`.
 */
export async function buildFacts(context: VerbContext, ask: Ask): Promise<Json> {
  const { action, now, actor } = ask;
  const request = action === 'request' ? null : ask.request;
  const votes: readonly StoredVote[] = action === 'execute' ? ask.request.votes : [];
  const principal = await describePrincipals(context, now, [actor, ...votes.map((vote) => vote.principal)]);
  const person = action === 'request' ? ask.person : ask.request.subject;
  return {
    action,
    verdict: action === 'vote' ? ask.verdict : null,
    tenant: context.tenant,
    actor: principal(actor),
    requester: request === null ? null : principal(request.requester),
    subject: person === null ? null : principal(person),
    votes: request === null ? [] : describeVotes(votes, request.details.seal, principal),
  };
}
