import { addHours } from 'date-fns/addHours';
import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { type Ballot, voteWrite } from '../votes.js';
import { FETCH_HOURS } from './schemas.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's yes to exactly the sealed terms. It makes no token: the requester's showing does, after a second decision. */
export function approve(context: VerbContext, id: RequestId, ballot: Ballot) {
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'approve');
    if (!judged.ok) return judged.answer;
    const { now, decision } = judged;
    const fetchUntil = addHours(now, FETCH_HOURS);
    return transition(context, request, {
      on: 'approve',
      details: {
        ...request.details,
        decided: { by: ballot.by, at: now.toISOString(), reason: null },
        fetchUntil: fetchUntil.toISOString(),
      },
      dueAt: fetchUntil,
      at: now,
      decision,
      input: ballot.input,
      votes: [voteWrite(request, ballot, 'approve', null)],
      event: {
        type: 'auditor-token.approved',
        actor: ballot.by,
        data: { verdict: 'approve', seal: ballot.seal },
      },
    });
  });
}
