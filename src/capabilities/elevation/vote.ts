import type { VerbContext } from '../define.js';
import { type Ballot, judgeBallot } from '../votes.js';
import { buildFacts } from './facts.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';

export const termsOf = (request: Elevation) => ({
  requester: request.requester,
  subject: request.subject,
  system: request.details.system,
  scope: request.details.scope,
  durationMinutes: request.details.durationMinutes,
  reason: request.details.reason,
  ticket: request.details.ticket,
  startAt: request.details.startAt,
});

/** A vote counts while the request waits; a no also until an approved one begins. */
export async function judgeVote(
  context: VerbContext,
  request: Elevation,
  ballot: Ballot,
  verdict: 'approve' | 'deny',
) {
  const open = request.state === 'pending' || (request.state === 'approved' && verdict === 'deny');
  if (!open) return { ok: false as const, answer: alreadyResolved(request) };
  const now = context.clock.now();
  const terms = termsOf(request);
  const facts = await buildFacts(context, { action: 'vote', now, actor: ballot.by, terms, request });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: 'elevation/decision', facts });
}
