import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { refusal } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { sealedChange } from './change.js';
import { requestElevation } from './request.js';
import type { Elevation } from './schemas.js';
import { onCurrent } from './stored.js';

/**
 * Request Again: the same terms in a new, linked request, which goes through policy and people like any other. Nothing
 * of the old one is prolonged, and pressing twice asks once.
 */
export function requestAgain(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    if (ask.by !== request.subject && ask.by !== request.requester)
      return refuseAct(context, request, {
        ...ask,
        what: 'renewal',
        now: context.clock.now(),
        decision: refusal(
          'elevation.not_yours_to_renew',
          'Only the people of this access can ask for it again.',
        ),
      });
    const asked = await requestElevation(context, { ...ask, asked: termsAgain(request), renews: request });
    return asked.ok ? ok(asked.value) : asked;
  });
}

/** Asking beside the one in force is what is meant, so its number counts as shown. */
const termsAgain = ({ details, subject, number }: Elevation) => ({
  system: details.system,
  scope: details.scope,
  subject,
  durationMinutes: details.durationMinutes,
  reason: details.reason,
  ticket: details.ticket,
  change: sealedChange(details.change),
  beside: [number],
});
