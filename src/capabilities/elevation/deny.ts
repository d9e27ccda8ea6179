import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { readReason } from '../reason.js';
import { type Ballot, denial } from '../votes.js';
import { askEnd } from './ask-end.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's no, with the reason the requester will read. A denial beats every approval (rule 4), and ends what is being granted. */
export async function deny(context: VerbContext, id: RequestId, ballot: Ballot & { reason: string }) {
  const reason = readReason(ballot.reason);
  if (!reason.ok) return reason;
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'deny');
    if (!judged.ok) return judged.answer;
    const { by, input } = ballot;
    const { now, decision } = judged;
    if (request.state === 'executing')
      return askEnd(context, request, { by, input, now, decision, reason: 'revoked', why: reason.value });
    const { decided, step, event } = denial(request, { ...ballot, reason: reason.value }, judged);
    return transition(context, request, {
      ...step,
      details: { ...request.details, decided },
      event: { ...event, type: 'elevation.denied' },
    });
  });
}
