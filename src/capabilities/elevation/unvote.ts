import { addMinutes } from 'date-fns/addMinutes';
import { ok } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { oblige } from '../../policy/index.js';
import { outageWithin, type StoredVote } from '../../store/index.js';
import type { Stop, Taken, VerbContext } from '../define.js';
import { wakeAt } from './deciding.js';
import { machine } from './machine.js';
import { nudgeAfter } from './nudges.js';
import { type Elevation, PENDING_MINUTES } from './schemas.js';
import { transition } from './stored.js';

/** Whoever gave this vote has no power any more: what has not begun waits again. Repeats safely. */
export function unvote(context: VerbContext, request: Elevation, { vote: id, because }: Taken) {
  const vote = request.votes.find((one) => one.id === id);
  if (vote === undefined || machine.next(request.state, 'unvote') === null) return Promise.resolve(ok(null));
  const { by, reason } = because;
  return takeBack(context, request, { vote, by, because: reason, now: context.clock.now() });
}

/** Voids one yes of a request that has not begun, which then waits as long as one that is new. */
export async function takeBack(
  context: VerbContext,
  request: Elevation,
  taken: {
    vote: StoredVote;
    by: PrincipalId | null;
    /** Null where the voter took it back themselves. */
    because: Stop['reason'] | null;
    now: Date;
    input?: string;
  },
) {
  const { vote, by, because, now, input } = taken;
  const { deciding, system } = request.details;
  const details = {
    ...request.details,
    decided: null,
    pendingUntil: addMinutes(now, PENDING_MINUTES).toISOString(),
    // What Slack was away before this wait began adds nothing to it.
    outageMilliseconds: await outageWithin(context.store, context.tenant, request.createdAt, now),
    deciding: {
      ...deciding,
      withdrawn: [...deciding.withdrawn, { by: vote.principal, at: now.toISOString(), because }],
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
      basis: { request: request.id, vote: vote.id, because },
    }),
    ...(input === undefined ? {} : { input }),
    voidVotes: [vote.id],
    event: {
      type: 'elevation.vote_withdrawn',
      actor: by ?? { process: 'worker' },
      people: { voter: vote.principal },
      data: { vote: vote.id, state: request.state, because },
    },
  });
}
