import type { PrincipalId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { reasonOfEnding } from '../reason.js';
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
  return takePower(context, {
    person,
    because: { reason: 'frozen', by },
    reason: reasonOfEnding(ask.reason),
    now,
    input,
    decision,
  });
}
