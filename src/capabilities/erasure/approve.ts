import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { type Ballot, voteWrite } from '../votes.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

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
