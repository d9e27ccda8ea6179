import { addHours } from 'date-fns/addHours';
import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { type Ballot, soleYes } from '../votes.js';
import { FETCH_HOURS } from './schemas.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's yes to exactly the sealed terms. It makes no token: the requester's showing does, after a second decision. */
export function approve(context: VerbContext, id: RequestId, ballot: Ballot) {
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'approve');
    if (!judged.ok) return judged.answer;
    const { decided, step, event } = soleYes(request, ballot, judged);
    const fetchUntil = addHours(judged.now, FETCH_HOURS);
    return transition(context, request, {
      ...step,
      details: { ...request.details, decided, fetchUntil: fetchUntil.toISOString() },
      dueAt: fetchUntil,
      event: { ...event, type: 'auditor-token.approved' },
    });
  });
}
