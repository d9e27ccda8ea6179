import { refused } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import type { VerbContext } from '../define.js';
import { type Ballot, denial, judgeBallot, voteWrite } from '../votes.js';
import { buildFacts } from './facts.js';
import { machine } from './machine.js';
import type { Erasure } from './schemas.js';
import { ENTRYPOINT, erasureHandle, onCurrent, transition } from './stored.js';

/** The second person's yes; the worker carries it out as soon as nothing of the person is open. */
export function approve(context: VerbContext, id: RequestId, ballot: Ballot) {
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'approve');
    if (!judged.ok) return judged.answer;
    const { now, decision } = judged;
    return transition(context, request, {
      on: 'approve',
      details: { ...request.details, decided: { by: ballot.by, at: now.toISOString(), reason: null } },
      dueAt: now,
      at: now,
      decision,
      input: ballot.input,
      votes: [voteWrite(request, ballot, 'approve', null)],
      event: {
        type: 'erasure.approved',
        actor: ballot.by,
        data: { verdict: 'approve', seal: ballot.seal },
      },
    });
  });
}

/** Anybody of security stops it, the asker too, until it has begun. */
export async function deny(context: VerbContext, id: RequestId, ballot: Ballot & { reason: string }) {
  const reason = ballot.reason.trim();
  if (findSecret(reason) !== null)
    return refused('reason_holds_secret', 'The reason seems to hold a secret. Take it out.');
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'deny');
    if (!judged.ok) return judged.answer;
    const { decided, step, event } = denial(request, { ...ballot, reason }, judged);
    return transition(context, request, {
      ...step,
      details: { ...request.details, decided },
      release: [{ handle: erasureHandle(request.subject), holder: request.id }],
      event: { ...event, type: 'erasure.denied' },
    });
  });
}

async function judgeVote(
  context: VerbContext,
  request: Erasure,
  ballot: Ballot,
  verdict: 'approve' | 'deny',
) {
  if (machine.next(request.state, verdict) === null)
    return {
      ok: false as const,
      answer: refused('already_resolved', `Erasure #${request.number} is decided. Nothing changed.`),
    };
  const now = context.clock.now();
  const facts = await buildFacts(context, { action: 'vote', now, actor: ballot.by, verdict, request });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: ENTRYPOINT, facts });
}
