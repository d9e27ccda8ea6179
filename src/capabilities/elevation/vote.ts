import type { VerbContext } from '../define.js';
import { findScope, findSystem } from '../systems.js';
import { type Ballot, judgeBallot } from '../votes.js';
import { refreshChange } from './change.js';
import { buildFacts, type Terms, type Verdict } from './facts.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';

/** What was asked for, as it was sealed. */
export const termsOf = (request: Elevation): Terms => ({
  requester: request.requester,
  subject: request.subject,
  system: request.details.system,
  scope: request.details.scope,
  durationMinutes: request.details.durationMinutes,
  reason: request.details.reason,
  ticket: request.details.ticket,
  startAt: request.details.startAt,
  change: request.details.change === null ? null : { status: 'read', of: request.details.change },
});

/** The same with fresh facts about what is deployed: for whoever lets it through. A no waits for no source (rule 2). */
export async function freshTermsOf(context: VerbContext, request: Elevation): Promise<Terms> {
  const { system, scope, change } = request.details;
  const target = findScope(findSystem(context, system), scope);
  return { ...termsOf(request), change: await refreshChange(context, target, change) };
}

/** A vote counts while the request waits; a no also until an approved one begins. */
export async function judgeVote(context: VerbContext, request: Elevation, ballot: Ballot, verdict: Verdict) {
  const open = request.state === 'pending' || (request.state === 'approved' && verdict === 'deny');
  if (!open) return { ok: false as const, answer: alreadyResolved(request) };
  const now = context.clock.now();
  const terms = verdict === 'approve' ? await freshTermsOf(context, request) : termsOf(request);
  const facts = await buildFacts(context, { action: 'vote', verdict, now, actor: ballot.by, terms, request });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: 'elevation/decision', facts });
}
