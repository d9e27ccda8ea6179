import { ok } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { StoredVote } from '../../store/index.js';
import type { Stop, Taken, VerbContext } from '../define.js';
import { voidYes } from '../votes.js';
import { wakeAt } from './deciding.js';
import { machine } from './machine.js';
import { nudgeAfter } from './nudges.js';
import type { Elevation } from './schemas.js';
import { NAME, transition } from './stored.js';
import { waitAnew } from './wait-anew.js';

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
  const { vote, because, now, input } = taken;
  const { deciding, system } = request.details;
  const details = {
    ...request.details,
    decided: null,
    ...(await waitAnew(context, request, now)),
    deciding: {
      ...deciding,
      withdrawn: [...deciding.withdrawn, { by: vote.principal, at: now.toISOString(), because }],
      nudgeStep: 0,
      nudgeAt: nudgeAfter(context, { system, step: 0, now }),
    },
  };
  const { event, ...step } = voidYes(NAME, request, taken);
  return transition(context, request, {
    ...step,
    details,
    dueAt: wakeAt(details),
    ...(input === undefined ? {} : { input }),
    event: { ...event, data: { ...event.data, state: request.state } },
  });
}
