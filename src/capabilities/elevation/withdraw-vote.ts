import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { oblige, refusal } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { askEnd } from './ask-end.js';
import { wakeAt } from './deciding.js';
import { machine } from './machine.js';
import { nudgeAfter } from './nudges.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { onCurrent, transition } from './stored.js';

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
    return takeBack(context, request, { ...ask, now, vote: vote.id });
  });
}

const noVote = () => refusal('elevation.no_vote', 'You have no approval on this request to take back.');

function takeBack(
  context: VerbContext,
  request: Elevation,
  { by, input, now, vote }: { by: PrincipalId; input: string; now: Date; vote: string },
) {
  const { deciding, system } = request.details;
  const details = {
    ...request.details,
    decided: null,
    deciding: {
      ...deciding,
      withdrawn: [...deciding.withdrawn, { by, at: now.toISOString() }],
      nudgeStep: 0,
      nudgeAt: nudgeAfter(context, { system, step: 0, now }),
    },
  };
  return transition(context, request, {
    on: 'unvote',
    details,
    dueAt: wakeAt(details),
    at: now,
    decision: oblige({
      rule: 'elevation.vote_withdrawn',
      message: 'Whoever approved does not any more.',
      basis: { request: request.id, vote },
    }),
    input,
    voidVotes: [vote],
    event: { type: 'elevation.vote_withdrawn', actor: by, data: { vote, state: request.state } },
  });
}
