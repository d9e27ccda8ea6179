import { progressOf } from '../../core/approvals.js';
import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { type Ballot, voteWrite } from '../votes.js';
import type { WindowRequest } from './schemas.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's yes to exactly the sealed terms; the last one needed opens the window. Each use is decided on again. */
export function approve(context: VerbContext, id: RequestId, ballot: Ballot) {
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'approve');
    if (!judged.ok) return judged.answer;
    const { now, decision } = judged;
    const { details } = request;
    const approvals = [...approvalsOf(request), ballot.by];
    const isEnough = progressOf(details.stages, approvals).current === null;
    return transition(context, request, {
      on: isEnough ? 'approve' : 'vote',
      details: isEnough
        ? { ...details, decided: { by: ballot.by, at: now.toISOString(), reason: null } }
        : details,
      dueAt: new Date(isEnough ? details.terms.endsAt : details.pendingUntil),
      at: now,
      decision,
      input: ballot.input,
      votes: [voteWrite(request, ballot, 'approve', null)],
      event: {
        type: isEnough ? 'window.opened' : 'window.vote_cast',
        actor: ballot.by,
        data: {
          verdict: 'approve',
          seal: ballot.seal,
          approvals: approvals.length,
          approvalsNeeded: details.approvalsNeeded,
        },
      },
    });
  });
}

/** Who said yes to the terms as they stand, oldest first. */
export const approvalsOf = ({ votes, details }: Pick<WindowRequest, 'votes' | 'details'>) =>
  votes
    .filter((vote) => vote.verdict === 'approve' && vote.seal === details.seal)
    .map((vote) => vote.principal);
