import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { describePrincipals, describeVotes, holdersOf } from '../principal-facts.js';
import { findScope, findSystem, scopeFacts, stageRoles, systemFacts, ticketFacts } from '../systems.js';
import type { Window } from '../windows.js';
import type { WindowRequest } from './schemas.js';

/** What is asked for, sealed or not. */
export interface Asked {
  requester: PrincipalId;
  system: string;
  terms: Window['details']['terms'];
  reason: string;
  ticket: string | null;
}

export const askedOf = ({ requester, details }: WindowRequest): Asked => ({ requester, ...details });

type Ask = { now: Date; actor: PrincipalId; asked: Asked } & (
  | { action: 'request' }
  | { action: 'vote'; verdict: 'approve' | 'deny'; request: WindowRequest }
  | { action: 'close'; request: WindowRequest }
);

/**
 * The one place that builds policy input for a window. System and scopes are described as they are now; whoever votes is
 * asked about afresh (rule 4).
 * @throws CountersignError `directory_unreachable`.
 */
export async function buildFacts(context: VerbContext, ask: Ask): Promise<Json> {
  const { action, now, actor, asked } = ask;
  const { terms } = asked;
  const system = findSystem(context, asked.system);
  const principal = await describePrincipals(context, now, action === 'vote' ? [actor] : []);
  const roles = terms.scopes.flatMap(({ scope }) => stageRoles(context, asked.system, scope).flat());
  return {
    action,
    verdict: ask.action === 'vote' ? ask.verdict : null,
    now_ms: now.getTime(),
    tenant: context.tenant,
    actor: principal(actor),
    requester: principal(asked.requester),
    people: terms.people.map(principal),
    system: systemFacts(system),
    scopes: terms.scopes.map(({ scope }) => scopeFacts(findScope(system, scope), system)),
    uses: terms.uses,
    longest_minutes: terms.longestMinutes,
    starts_ms: Date.parse(terms.startsAt),
    ends_ms: Date.parse(terms.endsAt),
    reason_length: [...asked.reason].length,
    ticket: await ticketFacts(context, asked.ticket, system),
    candidates: holdersOf(context, roles).map(principal),
    request:
      ask.action === 'request'
        ? null
        : {
            state: ask.request.state,
            votes: describeVotes(ask.request.votes, ask.request.details.seal, principal),
          },
  };
}
