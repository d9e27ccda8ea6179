import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { type Ballot, voteWrite } from '../votes.js';
import { beginsAt } from './start.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's yes to exactly the sealed terms. The last one needed moves the request on; it grants nothing yet (rule 4). */
export function approve(context: VerbContext, id: RequestId, ballot: Ballot) {
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'approve');
    if (!judged.ok) return judged.answer;
    const { now, decision } = judged;
    const approvals = request.votes.filter((vote) => vote.verdict === 'approve').length + 1;
    const enough = approvals >= request.details.approvalsNeeded;
    return transition(context, request, {
      on: enough ? 'approve' : 'vote',
      details: enough
        ? { ...request.details, decided: { by: ballot.by, at: now.toISOString(), reason: null } }
        : request.details,
      dueAt: enough ? beginsAt(request, now) : request.dueAt,
      at: now,
      decision,
      input: ballot.input,
      votes: [voteWrite(request, ballot, 'approve', null)],
      event: {
        type: enough ? 'elevation.approved' : 'elevation.vote_cast',
        actor: ballot.by,
        data: {
          verdict: 'approve',
          seal: ballot.seal,
          approvals,
          approvalsNeeded: request.details.approvalsNeeded,
        },
      },
    });
  });
}
