import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { wakeParent } from './close.js';
import { judgeAct } from './judge-act.js';
import { machine } from './machine.js';
import { refuseAct } from './refuse-act.js';
import { noLongerOverdue } from './remind.js';
import { alreadyResolved } from './settled.js';
import { asJustification, onCurrent, transition } from './stored.js';

/**
 * The second pair of eyes on words written in place of a user who is gone: `seal` is of what they read. The loop may close
 * on it; the user still owes their own words before they break the glass again.
 */
export function confirmStandIn(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string; seal: string },
) {
  return onCurrent(context, id, async (glass) => {
    const request = asJustification(glass);
    const { standIn } = request.details;
    if (standIn === null || machine.next(request.state, 'confirm') === null) return alreadyResolved(request);
    const now = context.clock.now();
    const act = { action: 'confirm_stand_in' as const, now, actor: ask.by, readSeal: ask.seal };
    const decision = await judgeAct(context, request, act);
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'justification', now, decision });
    return transition(context, request, {
      on: 'confirm',
      details: {
        ...request.details,
        standIn: { ...standIn, confirmed: { by: ask.by, at: now.toISOString() } },
      },
      dueAt: null,
      at: now,
      decision,
      input: ask.input,
      event: {
        type: 'break-glass.stand_in_confirmed',
        actor: ask.by,
        people: { author: standIn.by },
        data: { overdueAt: request.details.overdueAt },
      },
      also: await wakeParent(context, request, now),
      effects: noLongerOverdue(request),
    });
  });
}
