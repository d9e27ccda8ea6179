import { type Outcome, ok } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { oblige } from '../../policy/index.js';
import type { Stop, VerbContext } from '../define.js';
import { takePower } from './take-power.js';

/** Somebody left, or an incident is being contained: what was decided elsewhere is carried out. Repeats safely. */
export async function freezeBecause(
  context: VerbContext,
  { person, because }: { person: PrincipalId; because: Stop },
): Promise<Outcome<unknown>> {
  const frozen = await takePower(context, {
    person,
    because,
    reason: '',
    now: context.clock.now(),
    decision: oblige({
      rule: `freeze.${because.reason}`,
      message: 'This account must have no power.',
      basis: { person, reason: because.reason, by: because.by },
    }),
  });
  return !frozen.ok && frozen.code === 'freeze.already_frozen' ? ok(null) : frozen;
}
