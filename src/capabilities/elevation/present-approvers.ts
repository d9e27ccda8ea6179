import { progressOf, type Stage } from '../../core/approvals.js';
import type { PrincipalId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { orderApprovers } from '../approver-order.js';
import type { VerbContext } from '../define.js';
import { describePrincipals, holdersOf } from '../principal-facts.js';
import { stageRoles } from '../systems.js';
import { readAvailability } from './deciders.js';
import { approvalsOf, type Deciding } from './deciding.js';
import { buildFacts } from './facts.js';
import type { Elevation } from './schemas.js';
import { termsOf } from './vote.js';

type Present = Pick<Deciding, 'stages' | 'tooFew'>;

/**
 * The stages with those in them who may decide now: who left is replaced by whoever took the role since. Where it cannot
 * be told who is still here, the stages stay as they were.
 */
export async function presentApprovers(
  context: VerbContext,
  request: Elevation,
  now: Date,
): Promise<Present> {
  const { system, scope, deciding } = request.details;
  const roles = stageRoles(context, system, scope);
  try {
    const [present, availability] = await Promise.all([
      whoMayDecide(context, request, now, holdersOf(context, roles.flat())),
      readAvailability(context, now, system),
    ]);
    const stages = deciding.stages.map(({ needed, approvers }, index) => {
      const inStage = roles[index];
      if (inStage === undefined) return { needed, approvers };
      const holders = holdersOf(context, inStage).filter((person) => present.has(person));
      return { needed, approvers: orderApprovers(holders, availability) };
    });
    return { stages, tooFew: !canBeFilled(stages, approvalsOf(request)) };
  } catch {
    return { stages: deciding.stages, tooFew: deciding.tooFew };
  }
}

/** Asks policy about each as if they pressed a button; what every stage may do at any time tells who may decide at all. */
async function whoMayDecide(
  context: VerbContext,
  request: Elevation,
  now: Date,
  candidates: readonly PrincipalId[],
): Promise<Set<PrincipalId>> {
  const [first] = candidates;
  if (first === undefined) return new Set();
  const [principal, facts] = await Promise.all([
    describePrincipals(context, now, candidates),
    buildFacts(context, {
      action: 'vote',
      verdict: 'ask_more',
      now,
      actor: first,
      terms: termsOf(request),
      request,
    }),
  ]);
  const may = (one: PrincipalId) =>
    context.policy.decide('elevation/decision', { ...facts, actor: principal(one) });
  return new Set(candidates.filter((one) => isEffect(may(one), 'allow')));
}

/** Whether everybody's yes would be enough. Who is named in fewest stages is counted first, so that no place is wasted. */
function canBeFilled(stages: readonly Stage[], approvals: readonly PrincipalId[]): boolean {
  const stagesOf = (person: PrincipalId) => stages.filter((stage) => stage.approvers.includes(person)).length;
  const all = [...new Set(stages.flatMap((stage) => stage.approvers))];
  const rest = all.toSorted((one, other) => stagesOf(one) - stagesOf(other));
  return progressOf(stages, [...approvals, ...rest]).current === null;
}
