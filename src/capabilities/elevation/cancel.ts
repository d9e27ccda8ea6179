import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect, oblige } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { buildFacts } from './facts.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { onCurrent, transition } from './stored.js';
import { termsOf } from './vote.js';

/** Takes back what was asked: while it waits, or approved and not begun. By whoever asked or whom it is for. */
export function cancel(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    if (request.state !== 'pending' && request.state !== 'approved') return alreadyResolved(request);
    const now = context.clock.now();
    const facts = await buildFacts(context, {
      action: 'cancel',
      now,
      actor: ask.by,
      terms: termsOf(request),
      request,
    });
    const decision = context.policy.decide('elevation/decision', facts);
    if (isEffect(decision, 'allow')) return close(context, request, { ...ask, now, decision });
    // Taking back one's own waits for no policy: a broken one must not let it begin (rule 2).
    if (ask.by === request.requester || ask.by === request.subject)
      return close(context, request, { ...ask, now, decision: cancelled(request) });
    return refuseAct(context, request, { ...ask, what: 'cancel', now, decision });
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
