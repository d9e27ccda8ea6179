import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { type Ballot, soleYes } from '../votes.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** The second person's yes; the worker carries it out as soon as nothing of the person is open. */
export function approve(context: VerbContext, id: RequestId, ballot: Ballot) {
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'approve');
    if (!judged.ok) return judged.answer;
    const { decided, step, event } = soleYes(request, ballot, judged);
    return transition(context, request, {
      ...step,
      details: { ...request.details, decided },
      dueAt: judged.now,
      event: { ...event, type: 'erasure.approved' },
    });
  });
}
