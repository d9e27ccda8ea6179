import { addHours } from 'date-fns/addHours';
import { ok } from '../../core/outcome.js';
import { oblige } from '../../policy/index.js';
import { outageWithin } from '../../store/index.js';
import type { Taken, VerbContext } from '../define.js';
import { machine } from './machine.js';
import { PENDING_HOURS, type TokenRequest } from './schemas.js';
import { transition } from './stored.js';

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
    on: 'unvote',
    details: {
      ...request.details,
      decided: null,
      fetchUntil: null,
      pendingUntil: pendingUntil.toISOString(),
      outageMilliseconds: await outageWithin(context.store, context.tenant, request.createdAt, now),
    },
    dueAt: pendingUntil,
    at: now,
    decision: oblige({
      rule: 'auditor-token.vote_withdrawn',
      message: 'Whoever approved has no power any more.',
      basis: { request: request.id, vote: id, because: reason },
    }),
    voidVotes: [id],
    event: {
      type: 'auditor-token.vote_withdrawn',
      actor: by ?? { process: 'worker' },
      people: { voter: vote.principal },
      data: { vote: id, because: reason },
    },
  });
}
