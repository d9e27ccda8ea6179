import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect, oblige } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { askEnd } from './ask-end.js';
import { judgeAct } from './judge-act.js';
import { machine } from './machine.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { onCurrent, transition } from './stored.js';

/** Takes back what was asked, by whoever asked or whom it is for; what the executor is granting already is ended. */
export function cancel(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    const decision = await judgeAct(context, request, { action: 'cancel', now, actor: ask.by });
    const allowed = isEffect(decision, 'allow');
    // Taking back one's own waits for no policy: a broken one must not let it begin (rule 2).
    const own = ask.by === request.requester || ask.by === request.subject;
    if (!allowed && !own) return refuseAct(context, request, { ...ask, what: 'cancel', now, decision });
    if (request.state === 'executing')
      return askEnd(context, request, { ...ask, now, reason: 'ended_early', ...(allowed && { decision }) });
    if (machine.next(request.state, 'cancel') === null) return alreadyResolved(request);
    return close(context, request, { ...ask, now, decision: allowed ? decision : cancelled(request) });
  });
}

const cancelled = (request: Elevation) =>
  oblige({
    rule: 'elevation.cancel',
    message: 'Whoever asked does not want it any more.',
    basis: { request: request.id },
  });

function close(
  context: VerbContext,
  request: Elevation,
  by: { by: PrincipalId; input: string; now: Date; decision: Decision<'allow' | 'oblige'> },
) {
  return transition(context, request, {
    on: 'cancel',
    details: { ...request.details, decided: { by: by.by, at: by.now.toISOString(), reason: null } },
    dueAt: null,
    at: by.now,
    decision: by.decision,
    input: by.input,
    event: { type: 'elevation.cancelled', actor: by.by, data: { state: request.state } },
  });
}
