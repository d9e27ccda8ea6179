import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { buildFacts } from './facts.js';
import { ENTRYPOINT, onCurrent } from './stored.js';

/** The list itself is for security alone, and never for the account it is about. */
export function see(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    const facts = await buildFacts(context, { action: 'see', now, actor: ask.by, recall: request });
    const decision = context.policy.decide(ENTRYPOINT, facts);
    return isEffect(decision, 'allow')
      ? ok(request)
      : refuseAct(context, request, { ...ask, what: 'see', now, decision });
  });
}
