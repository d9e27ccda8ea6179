import { denyBy } from '../deny.js';
import { erasureHandle, onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** Anybody of security stops it, the asker too, until it has begun. */
export const deny = denyBy({
  onCurrent,
  judgeVote,
  write: (context, request, { decided, step, event }) =>
    transition(context, request, {
      ...step,
      details: { ...request.details, decided },
      release: [{ handle: erasureHandle(request.subject), holder: request.id }],
      event: { ...event, type: 'erasure.denied' },
    }),
});
