import type { PrincipalId } from '../../core/tenant.js';
import type { Decision } from '../../policy/index.js';
import { readAbsences } from '../absences.js';
import { type Availability, orderApprovers } from '../approver-order.js';
import type { VerbContext } from '../define.js';
import { findSystem } from '../systems.js';
import { type Deciding, newDeciding } from './deciding.js';
import { nudgeAfter } from './nudges.js';

const RAISED = 'elevation.raised_';

/** Who decides, as policy says, in the order in which they are best asked (nobody is added by it). */
export async function decidersOf(
  context: VerbContext,
  ask: { now: Date; system: string; decision: Decision<'require_hitl'> },
): Promise<{ approvers: PrincipalId[]; deciding: Deciding }> {
  const { now, system, decision } = ask;
  const { needed, principals, stages } = decision.approvers ?? { needed: 1, principals: [] };
  const availability = await readAvailability(context, now, system);
  return {
    approvers: orderApprovers(principals, availability),
    deciding: newDeciding({
      stages: (stages ?? [{ needed, principals }]).map((stage) => ({
        needed: stage.needed,
        approvers: orderApprovers(stage.principals, availability),
      })),
      raised: decision.reasons.filter(({ rule }) => rule.startsWith(RAISED)).map(({ message }) => message),
      nudgeAt: nudgeAfter(context, { system, step: 0, now }),
    }),
  };
}

/** Who is on call for a system and who is away. An unknown on-call list orders nobody; nothing waits for it. */
export async function readAvailability(
  context: VerbContext,
  now: Date,
  systemId: string,
): Promise<Availability> {
  const policy = findSystem(context, systemId)?.onCall;
  const [emails, away] = await Promise.all([
    policy === undefined ? null : (context.sources.onCall?.(policy) ?? null),
    readAbsences(context, now),
  ]);
  const onCall = context.policy.organisation.people
    .filter(({ identities }) => emails?.includes(identities.email.toLowerCase()) === true)
    .map(({ id }) => id);
  return { onCall, away };
}
