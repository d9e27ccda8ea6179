import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { orGivenBack, refuseAct } from '../refusals.js';
import { buildFacts } from './facts.js';
import { alreadyResolved } from './settled.js';
import { ENTRYPOINT, onCurrent, transition } from './stored.js';

interface Ask {
  by: PrincipalId;
  input: string;
}

/** Ends a token before its time: by its holder or by security. The next read with it is refused. */
export function revoke(context: VerbContext, id: RequestId, ask: Ask) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    const { token } = request.details;
    if (request.state !== 'issued' || token === null) return alreadyResolved(request);
    const facts = await buildFacts(context, { action: 'revoke', now, actor: ask.by, request });
    const decision = orGivenBack(context.policy.decide(ENTRYPOINT, facts), request, { by: ask.by, token });
    if (!isEffect(decision, 'allow') && !isEffect(decision, 'oblige'))
      return refuseAct(context, request, { ...ask, what: 'revoke', now, decision });
    return transition(context, request, {
      on: 'revoke',
      details: { ...request.details, revoked: { by: ask.by, at: now.toISOString() } },
      dueAt: null,
      at: now,
      decision,
      input: ask.input,
      event: { type: 'auditor-token.revoked', actor: ask.by, data: { digest: token.digest } },
      revokeTokens: [token.digest],
    });
  });
}
