import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { reasonOfEnding } from '../reason.js';
import { refuseAct } from '../refusals.js';
import { askEnd } from './ask-end.js';
import { buildFacts } from './facts.js';
import { alreadyResolved } from './settled.js';
import { onCurrent } from './stored.js';
import { termsOf } from './vote.js';

/** End Now by its holder, or Revoke by an approver of the system or security, who say why. */
export async function end(
  context: VerbContext,
  id: RequestId,
  { why: written, ...ask }: { by: PrincipalId; input: string; why?: string },
) {
  const why = reasonOfEnding(written ?? '');
  const because = why === '' ? {} : { why };
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    if (request.state !== 'active' && request.state !== 'executing') return alreadyResolved(request);
    const facts = await buildFacts(context, {
      action: 'end',
      now,
      actor: ask.by,
      terms: termsOf(request),
      request,
    });
    const decision = context.policy.decide('elevation/decision', facts);
    const own = ask.by === request.subject || ask.by === request.requester;
    if (isEffect(decision, 'allow'))
      return askEnd(context, request, {
        ...ask,
        ...because,
        now,
        decision,
        reason: own ? 'ended_early' : 'revoked',
      });
    // Giving one's own access back waits for no policy: a broken policy must not keep access alive (rule 2).
    if (own) return askEnd(context, request, { ...ask, now, reason: 'ended_early' });
    return refuseAct(context, request, { ...ask, what: 'end', now, decision });
  });
}
