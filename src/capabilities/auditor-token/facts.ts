import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { describePrincipals, describeVotes, holdersOf } from '../principal-facts.js';
import type { TokenRequest } from './schemas.js';

type Ask = { now: Date; actor: PrincipalId } & (
  | { action: 'request'; requester: PrincipalId; days: number; purpose: string }
  | { action: 'vote' | 'show' | 'revoke'; request: TokenRequest }
);

/**
 * The one place that builds policy input for an auditor's token. Standing in Slack is asked afresh for whoever decides or
 * receives, and for those whose votes are counted (rule 4).
 * @throws CountersignError `directory_unreachable`.
 */
export async function buildFacts(context: VerbContext, ask: Ask): Promise<Json> {
  const { action, now, actor } = ask;
  const { days, purpose } = action === 'request' ? ask : ask.request.details;
  const requester = action === 'request' ? ask.requester : ask.request.requester;
  const principal = await describePrincipals(context, now, whoCountsNow(ask));
  return {
    action,
    now_ms: now.getTime(),
    tenant: context.tenant,
    actor: principal(actor),
    requester: principal(requester),
    days,
    purpose_length: [...purpose].length,
    candidates: holdersOf(context, ['security']).map(principal),
    request: action === 'request' ? null : requestFacts(ask.request, principal),
  };
}

function whoCountsNow(ask: Ask): PrincipalId[] {
  if (ask.action === 'vote') return [ask.actor];
  return ask.action === 'show' ? [ask.actor, ...ask.request.votes.map((vote) => vote.principal)] : [];
}

function requestFacts({ state, details, votes }: TokenRequest, principal: (id: PrincipalId) => Json): Json {
  return {
    state,
    fetch_until_ms: details.fetchUntil === null ? null : Date.parse(details.fetchUntil),
    votes: describeVotes(votes, details.seal, principal),
  };
}
