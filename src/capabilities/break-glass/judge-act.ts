import type { PrincipalId } from '../../core/tenant.js';
import type { Decision } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { type Action, buildFacts, type Terms } from './facts.js';
import type { Justification, Review, Use } from './schemas.js';
import { asJustification, asReview, asUse, ENTRYPOINT } from './stored.js';

/** Policy's answer to what somebody wants to do with a use, its justification or its review. */
export async function judgeAct(
  context: VerbContext,
  request: Use | Justification | Review,
  act: { action: Action; now: Date; actor: PrincipalId; terms?: Terms; readSeal?: string },
): Promise<Decision> {
  const { part, system } = request.details;
  const facts = await buildFacts(context, {
    ...act,
    user: request.requester,
    system,
    ...(part === 'use' && { use: asUse(request) }),
    ...(part === 'review' && { review: asReview(request) }),
    ...(part === 'justification' && { justification: asJustification(request) }),
  });
  return context.policy.decide(ENTRYPOINT, facts);
}
