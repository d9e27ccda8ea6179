import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { findScope, findSystem } from '../systems.js';
import { type Ballot, judgeBallot } from '../votes.js';
import { refreshChange } from './change.js';
import { buildFacts, type Terms, type Verdict } from './facts.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { ENTRYPOINT } from './stored.js';

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

/** A vote counts while the request waits; a no until what was approved is granted. */
export async function judgeVote(context: VerbContext, request: Elevation, ballot: Ballot, verdict: Verdict) {
  const now = context.clock.now();
  const open = request.state === 'pending' || (verdict === 'deny' && UNTIL_GRANTED.includes(request.state));
  if (!open) return { ok: false as const, answer: await tooLate(context, request, ballot, verdict, now) };
  const terms = verdict === 'approve' ? await freshTermsOf(context, request) : termsOf(request);
  const facts = await buildFacts(context, { action: 'vote', verdict, now, actor: ballot.by, terms, request });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: ENTRYPOINT, facts });
}

const UNTIL_GRANTED: readonly Elevation['state'][] = ['approved', 'executing'];

/** Only who may decide here is told what became of it; anybody else is refused, and that is ledgered. */
async function tooLate(
  context: VerbContext,
  request: Elevation,
  { by, input }: Ballot,
  verdict: Verdict,
  now: Date,
) {
  const terms = termsOf(request);
  const atAnyTime = { action: 'vote', verdict: 'ask_more', now, actor: by, terms, request } as const;
  const decision = context.policy.decide(ENTRYPOINT, await buildFacts(context, atAnyTime));
  return isEffect(decision, 'allow')
    ? alreadyResolved(request)
    : refuseAct(context, request, { what: 'vote', by, input, now, decision, data: { verdict } });
}
