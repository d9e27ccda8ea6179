import { refused } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import type { VerbContext } from '../define.js';
import { type Ballot, denial } from '../votes.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's no, with the reason the requester will read. */
export async function deny(context: VerbContext, id: RequestId, ballot: Ballot & { reason: string }) {
  const reason = ballot.reason.trim();
  if (findSecret(reason) !== null)
    return refused('reason_holds_secret', 'The reason seems to hold a secret. Take it out.');
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'deny');
    if (!judged.ok) return judged.answer;
    const { decided, step, event } = denial(request, { ...ballot, reason }, judged);
    return transition(context, request, {
      ...step,
      details: { ...request.details, decided },
      event: { ...event, type: 'window.denied' },
    });
  });
}
