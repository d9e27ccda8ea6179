import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { reasonOfEnding } from '../reason.js';
import { refuseAct } from '../refusals.js';
import { askEnd } from './ask-end.js';
import { judgeAct } from './judge-act.js';
import { machine } from './machine.js';
import { alreadyResolved } from './settled.js';
import { onCurrent } from './stored.js';

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
    const decision = await judgeAct(context, request, { action: 'end', now, actor: ask.by });
    const own = ask.by === request.subject || ask.by === request.requester;
    const allowed = isEffect(decision, 'allow');
    if (!allowed && !own) return refuseAct(context, request, { ...ask, what: 'end', now, decision });
    if (machine.next(request.state, 'end') === null) return alreadyResolved(request);
    if (allowed)
      return askEnd(context, request, {
        ...ask,
        ...because,
        now,
        decision,
        reason: own ? 'ended_early' : 'revoked',
      });
    // Giving one's own access back waits for no policy: a broken policy must not keep access alive (rule 2).
    return askEnd(context, request, { ...ask, now, reason: 'ended_early' });
  });
}
