import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { refusal } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { askEnd } from './ask-end.js';
import { machine } from './machine.js';
import { alreadyResolved } from './settled.js';
import { onCurrent } from './stored.js';
import { takeBack } from './unvote.js';

/**
 * Takes one's own yes back, and asks nobody's leave: it only ever lessens access (rule 2). Before the release the vote is
 * void and the request waits again; after it the grant ends. The vote stays in the record, with when it was voided.
 */
export function withdrawVote(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    const vote = request.votes.find((one) => one.principal === ask.by && one.verdict === 'approve');
    if (vote === undefined)
      return refuseAct(context, request, { ...ask, what: 'vote', now, decision: noVote() });
    if (machine.next(request.state, 'end') !== null)
      return askEnd(context, request, { ...ask, now, reason: 'revoked' });
    if (machine.next(request.state, 'unvote') === null) return alreadyResolved(request);
    return takeBack(context, request, { ...ask, now, vote, because: null });
  });
}

const noVote = () => refusal('elevation.no_vote', 'You have no approval on this request to take back.');
