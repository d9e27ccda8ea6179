import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { type Action, buildFacts, type Verdict } from './facts.js';
import type { Elevation } from './schemas.js';
import { ENTRYPOINT } from './stored.js';
import { termsOf } from './terms.js';

/** Policy's answer to what somebody wants to do with a request as it was sealed. */
export const judgeAct = async (
  context: VerbContext,
  request: Elevation,
  act: { action: Action; verdict?: Verdict; now: Date; actor: PrincipalId },
) =>
  context.policy.decide(ENTRYPOINT, await buildFacts(context, { ...act, terms: termsOf(request), request }));
