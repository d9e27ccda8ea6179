import { ok } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { type Decision, oblige } from '../../policy/index.js';
import type { Step, Stop, VerbContext } from '../define.js';
import { stopSentence } from '../stop-words.js';
import { type ErasureState, machine } from './machine.js';
import type { Details, Erasure } from './schemas.js';
import { erasureHandle, transition } from './stored.js';

/** Nobody answered in time. */
export const timeOut: Step<ErasureState, Details> = (context, request) =>
  close(context, request, {
    on: 'time_out',
    type: 'erasure.timed_out',
    by: null,
    reason: null,
    decision: oblige({
      rule: 'erasure.pending_timeout',
      message: 'Nobody answered in time.',
      basis: { request: request.id, pendingUntil: request.details.pendingUntil },
    }),
  });

/** Who asked, or who voted for it, may not decide that any more. */
export const withdraw = (context: VerbContext, request: Erasure, refused: Decision) =>
  close(context, request, {
    on: 'deny',
    type: 'erasure.execute_refused',
    by: null,
    reason: refused.reasons.map(({ message }) => message).join(' '),
    decision: oblige({
      rule: 'erasure.no_longer_allowed',
      message: 'What was countersigned is no longer allowed.',
      basis: { request: request.id, rules: refused.reasons.map(({ rule }) => rule) },
    }),
  });

/** An incident keeps its evidence. An account that was deactivated is somebody who left: the most common reason to erase. */
export const stops = ({ state }: Erasure, because: Stop): boolean =>
  because.reason !== 'deactivated' && machine.next(state, 'deny') !== null;

export async function stop(context: VerbContext, request: Erasure, because: Stop) {
  if (!stops(request, because)) return ok(null);
  return close(context, request, {
    on: 'deny',
    type: 'erasure.stopped',
    by: because.by,
    reason: stopSentence(because),
    decision: oblige({
      rule: `erasure.${because.reason}`,
      message: 'Nothing of this person may be erased now.',
      basis: { request: request.id, reason: because.reason, by: because.by },
    }),
  });
}

function close(
  context: VerbContext,
  request: Erasure,
  closing: {
    on: 'deny' | 'time_out';
    type: 'erasure.timed_out' | 'erasure.execute_refused' | 'erasure.stopped';
    by: PrincipalId | null;
    reason: string | null;
    decision: Decision<'oblige'>;
  },
) {
  const now = context.clock.now();
  const { on, type, by, reason, decision } = closing;
  return transition(context, request, {
    on,
    details: { ...request.details, decided: { by, at: now.toISOString(), reason } },
    dueAt: null,
    at: now,
    decision,
    release: [{ handle: erasureHandle(request.subject), holder: request.id }],
    event: { type, actor: by ?? { process: 'worker' } },
  });
}
