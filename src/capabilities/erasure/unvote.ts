import { addDays } from 'date-fns/addDays';
import { ok } from '../../core/outcome.js';
import type { Taken, VerbContext } from '../define.js';
import { voidYes } from '../votes.js';
import { machine } from './machine.js';
import { type Erasure, PENDING_DAYS } from './schemas.js';
import { NAME, transition } from './stored.js';

/** Whoever approved has no power any more: the erasure waits for somebody else. Repeats safely. */
export async function unvote(
  context: VerbContext,
  request: Erasure,
  { vote: id, because: { by, reason } }: Taken,
) {
  const vote = request.votes.find((one) => one.id === id);
  if (vote === undefined || machine.next(request.state, 'unvote') === null) return ok(null);
  const now = context.clock.now();
  const dueAt = addDays(now, PENDING_DAYS);
  return transition(context, request, {
    ...voidYes(NAME, request, { vote, by, because: reason, now }),
    details: { ...request.details, decided: null, waitsFor: [], pendingUntil: dueAt.toISOString() },
    dueAt,
  });
}
