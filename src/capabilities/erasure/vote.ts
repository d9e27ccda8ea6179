import { addDays } from 'date-fns/addDays';
import { ok, refused } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { oblige } from '../../policy/index.js';
import type { Taken, VerbContext } from '../define.js';
import { type Ballot, denial, judgeBallot, voteWrite } from '../votes.js';
import { buildFacts } from './facts.js';
import { machine } from './machine.js';
import { type Erasure, PENDING_DAYS } from './schemas.js';
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

/** Whoever approved has no power any more: the erasure waits for somebody else. Repeats safely. */
export async function unvote(
  context: VerbContext,
  request: Erasure,
  { vote: id, because: { by, reason } }: Taken,
) {
  const vote = request.votes.find((one) => one.id === id);
  if (vote === undefined || machine.next(request.state, 'unvote') === null) return ok(null);
  const now = context.clock.now();
  const dueAt = addDays(now, PENDING_DAYS);
  return transition(context, request, {
    on: 'unvote',
    details: { ...request.details, decided: null, waitsFor: [], pendingUntil: dueAt.toISOString() },
    dueAt,
    at: now,
    decision: oblige({
      rule: 'erasure.vote_withdrawn',
      message: 'Whoever approved has no power any more.',
      basis: { request: request.id, vote: id, because: reason },
    }),
    voidVotes: [id],
    event: {
      type: 'erasure.vote_withdrawn',
      actor: by ?? { process: 'worker' },
      people: { voter: vote.principal },
      data: { vote: id, because: reason },
    },
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
