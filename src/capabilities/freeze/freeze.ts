import { refused } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { isEffect } from '../../policy/index.js';
import { refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { ReasonText } from '../reason.js';
import { clearRefusal } from '../refusals.js';
import { buildFacts } from './facts.js';
import { ENTRYPOINT } from './stored.js';
import { takePower } from './take-power.js';

/** One person of security suffices to end everything an account has. `person` is null where nobody was meant. */
export async function freeze(
  context: VerbContext,
  ask: { by: PrincipalId; input: string; person: PrincipalId | null; reason: string },
) {
  const now = context.clock.now();
  const { by, input, person } = ask;
  const facts = await buildFacts(context, { action: 'freeze', now, actor: by, person });
  const decision = context.policy.decide(ENTRYPOINT, facts);
  if (!isEffect(decision, 'allow') || person === null)
    return refuse(context.store, {
      tenant: context.tenant,
      at: now,
      input,
      decision: clearRefusal(decision, 'freeze.freeze_unclear'),
      event: {
        type: 'freeze.freeze_refused',
        requestId: null,
        actor: by,
        people: person === null ? {} : { subject: person },
      },
    });
  const reason = ReasonText.safeParse(ask.reason);
  if (!reason.success || findSecret(reason.data) !== null)
    return refused(
      'freeze.reason_unfit',
      'Nothing was frozen: the reason holds a secret, or is too long. Leave it out or shorten it.',
    );
  return takePower(context, {
    person,
    because: { reason: 'frozen', by },
    reason: reason.data,
    now,
    input,
    decision,
  });
}
