import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { orGivenBack, refuseAct } from '../refusals.js';
import { askedOf, buildFacts } from './facts.js';
import { machine } from './machine.js';
import { alreadyResolved } from './settled.js';
import { ENTRYPOINT, onCurrent, transition } from './stored.js';

interface Ask {
  by: PrincipalId;
  input: string;
}

/** Closes a window, or takes back the asking for one. Nothing more passes; access in force goes on to its own end. */
export function close(context: VerbContext, id: RequestId, ask: Ask) {
  return onCurrent(context, id, async (request) => {
    if (machine.next(request.state, 'close') === null) return alreadyResolved(request);
    const now = context.clock.now();
    const about = { now, actor: ask.by, asked: askedOf(request), request };
    const facts = await buildFacts(context, { action: 'close', ...about });
    const decision = orGivenBack(context.policy.decide(ENTRYPOINT, facts), request, { by: ask.by });
    if (!isEffect(decision, 'allow') && !isEffect(decision, 'oblige'))
      return refuseAct(context, request, { ...ask, what: 'close', now, decision });
    return transition(context, request, {
      on: 'close',
      details: { ...request.details, closed: { by: ask.by, at: now.toISOString(), why: null } },
      dueAt: null,
      at: now,
      decision,
      input: ask.input,
      event: {
        type: 'window.closed',
        actor: ask.by,
        data: { state: request.state, used: request.details.used.length },
      },
    });
  });
}
