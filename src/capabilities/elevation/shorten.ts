import { refused } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import type { Decision } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { type Ballot, voteWrite } from '../votes.js';
import { countYes } from './approve.js';
import { wakeAt } from './deciding.js';
import type { Elevation } from './schemas.js';
import { sealTerms } from './seal.js';
import { onCurrent, transition } from './stored.js';
import { dataOfTerms, termsOf } from './terms.js';
import { judgeVote } from './vote.js';

/**
 * An approver makes it shorter: sealed anew, every earlier vote void (rule 5), and counted as their own yes to the new
 * terms where they say so. Longer is nothing an approver can make it.
 */
export function shorten(
  context: VerbContext,
  id: RequestId,
  ballot: Ballot & { minutes: number; approves: boolean },
) {
  return onCurrent(context, id, async (request) => {
    const { minutes } = ballot;
    if (!Number.isInteger(minutes) || minutes < 1 || minutes >= request.details.durationMinutes)
      return refused(
        'elevation.not_shorter',
        `Give whole minutes below the ${request.details.durationMinutes} that are asked for.`,
      );
    // Judged without the votes it voids, whose places and turns are open again, and for the time it is cut to.
    const judged = await judgeVote(
      context,
      { ...request, votes: [], details: { ...request.details, durationMinutes: minutes } },
      ballot,
      ballot.approves ? 'approve' : 'shorten',
    );
    if (!judged.ok) return judged.answer;
    return reseal(context, request, ballot, judged);
  });
}

async function reseal(
  context: VerbContext,
  request: Elevation,
  ballot: Ballot & { minutes: number; approves: boolean },
  { now, decision }: { now: Date; decision: Decision<'allow'> },
) {
  const { by, input, minutes, approves } = ballot;
  const { deciding, durationMinutes, seal: earlierSeal } = request.details;
  const sealed = sealTerms(context, request.id, { ...termsOf(request), durationMinutes: minutes });
  const shortened = {
    by,
    at: now.toISOString(),
    fromMinutes: durationMinutes,
    toMinutes: minutes,
    voided: request.votes.length,
  };
  const fresh: Elevation = {
    ...request,
    votes: [],
    details: {
      ...request.details,
      ...sealed,
      durationMinutes: minutes,
      deciding: { ...deciding, shortened: [...deciding.shortened, shortened] },
    },
  };
  const counted = approves
    ? await countYes(context, fresh, { by, now, reason: null })
    : { enough: false, details: fresh.details, dueAt: wakeAt(fresh.details) };
  return transition(context, request, {
    on: counted.enough ? 'approve' : 'shorten',
    details: counted.details,
    dueAt: counted.dueAt,
    at: now,
    decision,
    input,
    voidVotes: request.votes.map((vote) => vote.id),
    votes: approves ? [voteWrite(request, { ...ballot, seal: sealed.seal }, 'approve', null)] : [],
    event: {
      type: counted.enough ? 'elevation.approved' : 'elevation.shortened',
      actor: by,
      data: {
        ...dataOfTerms(fresh.details),
        earlierSeal,
        earlierMinutes: durationMinutes,
        votesVoided: shortened.voided,
        approves,
      },
    },
  });
}
