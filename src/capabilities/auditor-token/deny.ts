import { denyBy } from '../deny.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** One person's no, with the reason the requester will read. */
export const deny = denyBy({
  onCurrent,
  judgeVote,
  write: (context, request, { decided, step, event }) =>
    transition(context, request, {
      ...step,
      details: { ...request.details, decided },
      event: { ...event, type: 'auditor-token.denied' },
    }),
});
