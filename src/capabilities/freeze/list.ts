import { inlineValue } from '../../blocks/index.js';
import { ok } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { clearRefusal } from '../refusals.js';
import { when } from '../wording.js';
import { buildFacts } from './facts.js';
import { freezesInForce } from './in-force.js';
import { LIFTS_NEEDED } from './schemas.js';
import { ENTRYPOINT } from './stored.js';

/** Which accounts are frozen, for security: a line each. */
export async function list(context: VerbContext, ask: { by: PrincipalId; input: string }) {
  const now = context.clock.now();
  const decision = context.policy.decide(
    ENTRYPOINT,
    await buildFacts(context, { action: 'list', now, actor: ask.by }),
  );
  if (!isEffect(decision, 'allow'))
    return refuse(context.store, {
      tenant: context.tenant,
      at: now,
      input: ask.input,
      decision: clearRefusal(decision, 'freeze.list_unclear'),
      event: { type: 'freeze.list_refused', requestId: null, actor: ask.by },
    });
  const names = namesOf(context.policy.organisation);
  const nameOf = (id: PrincipalId): string => inlineValue(names.person(id), 80);
  return ok(
    (await freezesInForce(context)).map(
      ({ number, subject, details, createdAt, votes }) =>
        `#${number} ${nameOf(subject)} since ${when(createdAt.toISOString())}, ${details.by === null ? 'deactivated in Slack' : `by ${nameOf(details.by)}`}; ${votes.length} of ${LIFTS_NEEDED} agreed to lift it`,
    ),
  );
}
