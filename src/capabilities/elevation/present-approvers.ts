import { z } from 'zod';
import { progressOf, type Stage } from '../../core/approvals.js';
import { PrincipalId } from '../../core/tenant.js';
import { orderApprovers } from '../approver-order.js';
import type { VerbContext } from '../define.js';
import { NAMED_AT_MOST } from '../wording.js';
import { readAvailability } from './deciders.js';
import { approvalsOf, type Deciding } from './deciding.js';
import { judgeAct } from './judge-act.js';
import type { Elevation } from './schemas.js';

type Present = Pick<Deciding, 'stages' | 'tooFew'>;

/** What policy obliges a reminder to: who may decide now, stage by stage. */
const Remind = z.object({
  kind: z.literal('remind'),
  stages: z.array(z.object({ principals: z.array(PrincipalId) })),
});

/**
 * The stages with those in them who may decide now: who left is replaced by whoever took the role since. Where policy
 * cannot tell, the stages stay as they were. It gives nobody power: a vote is judged when it is cast.
 */
export async function presentApprovers(
  context: VerbContext,
  request: Elevation,
  now: Date,
): Promise<Present> {
  const { system, deciding } = request.details;
  const [answer, availability] = await Promise.all([
    judgeAct(context, request, { action: 'remind', now, actor: request.requester }),
    readAvailability(context, now, system),
  ]);
  const remind = Remind.safeParse(answer.obligations[0]);
  if (!remind.success) return { stages: deciding.stages, tooFew: deciding.tooFew };
  const may = deciding.stages.map(({ needed, approvers }, index) => ({
    needed,
    approvers: orderApprovers(remind.data.stages[index]?.principals ?? approvers, availability),
  }));
  const left = await whoLeft(context, new Set(may.flatMap((one) => one.approvers.slice(0, NAMED_AT_MOST))));
  const stages = may.map(({ needed, approvers }) => ({
    needed,
    approvers: approvers.filter((person) => !left.has(person)),
  }));
  return { stages, tooFew: !canBeFilled(stages, approvalsOf(request)) };
}

/** Those of the people a reminder names whom Slack knows as gone, or as guests; where it does not say, they are asked. */
async function whoLeft(context: VerbContext, people: ReadonlySet<PrincipalId>): Promise<Set<PrincipalId>> {
  const gone = [...people].map(async (person) => {
    const standing = await context.directory.standing(person).catch(() => 'active' as const);
    return standing === 'active' ? [] : [person];
  });
  return new Set((await Promise.all(gone)).flat());
}

/** Whether everybody's yes would be enough. Who is named in fewest stages is counted first, so that no place is wasted. */
function canBeFilled(stages: readonly Stage[], approvals: readonly PrincipalId[]): boolean {
  const stagesOf = (person: PrincipalId) => stages.filter((stage) => stage.approvers.includes(person)).length;
  const all = [...new Set(stages.flatMap((stage) => stage.approvers))];
  const rest = all.toSorted((one, other) => stagesOf(one) - stagesOf(other));
  return progressOf(stages, [...approvals, ...rest]).current === null;
}
