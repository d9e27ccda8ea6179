import { denyBy } from '../deny.js';
import { askEnd } from './ask-end.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's no. A denial beats every approval (rule 4), and ends what is being granted. */
export const deny = denyBy({
  onCurrent,
  judgeVote,
  write: (context, request, { decided, step, event }) =>
    request.state === 'executing'
      ? askEnd(context, request, {
          by: decided.by,
          input: step.input,
          now: step.at,
          decision: step.decision,
          reason: 'revoked',
          why: decided.reason,
        })
      : transition(context, request, {
          ...step,
          details: { ...request.details, decided },
          event: { ...event, type: 'elevation.denied' },
        }),
});
