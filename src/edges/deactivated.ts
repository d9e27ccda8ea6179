import type { VerbContext } from '../capabilities/index.js';
import type { PrincipalId } from '../core/tenant.js';
import { oblige } from '../policy/index.js';
import { commit } from '../store/index.js';

/**
 * Slack knows somebody no more, so their account is frozen. An ending: it waits for no policy (rule 2); one input
 * counts once.
 */
export async function reportDeactivated(
  context: VerbContext,
  person: PrincipalId,
  from: { process: 'app' | 'worker'; input: string },
): Promise<void> {
  await commit(context.store, {
    tenant: context.tenant,
    at: context.clock.now(),
    input: from.input,
    decision: oblige({
      rule: 'slack.deactivated',
      message: 'Slack deactivated this account, so it keeps no power here.',
      basis: { person },
    }),
    event: {
      type: 'slack.person_deactivated',
      requestId: null,
      actor: { process: from.process },
      people: { person },
    },
    changes: [],
    effects: [{ kind: 'freeze', requestId: null, person, because: { reason: 'deactivated', by: null } }],
  });
}
