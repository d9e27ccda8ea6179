import { addHours } from 'date-fns/addHours';
import { ok } from '../../core/outcome.js';
import { outageWithin } from '../../store/index.js';
import type { Taken, VerbContext } from '../define.js';
import { voidYes } from '../votes.js';
import { machine } from './machine.js';
import { PENDING_HOURS, type TokenRequest } from './schemas.js';
import { NAME, transition } from './stored.js';

/** Whoever approved has no power any more: a token not yet made waits for somebody else. Repeats safely. */
export async function unvote(
  context: VerbContext,
  request: TokenRequest,
  { vote: id, because: { by, reason } }: Taken,
) {
  const vote = request.votes.find((one) => one.id === id);
  if (vote === undefined || machine.next(request.state, 'unvote') === null) return ok(null);
  const now = context.clock.now();
  const pendingUntil = addHours(now, PENDING_HOURS);
  return transition(context, request, {
    ...voidYes(NAME, request, { vote, by, because: reason, now }),
    details: {
      ...request.details,
      decided: null,
      fetchUntil: null,
      pendingUntil: pendingUntil.toISOString(),
      outageMilliseconds: await outageWithin(context.store, context.tenant, request.createdAt, now),
    },
    dueAt: pendingUntil,
  });
}
