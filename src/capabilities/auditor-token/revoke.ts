import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect, oblige } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { buildFacts } from './facts.js';
import type { TokenRequest } from './schemas.js';
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
    const decision = leave(request, ask, context.policy.decide(ENTRYPOINT, facts));
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

/** Giving one's own token back waits for no policy: a broken policy must not keep access alive (rule 2). */
function leave(request: TokenRequest, ask: Ask, decision: Decision): Decision {
  if (isEffect(decision, 'allow') || ask.by !== request.requester) return decision;
  return oblige({
    rule: 'auditor-token.given_back',
    message: 'Its holder gave the token back.',
    basis: { request: request.id, token: request.details.token },
  });
}
