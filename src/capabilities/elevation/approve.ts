import { progressOf } from '../../core/approvals.js';
import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { readReason } from '../reason.js';
import { stageRoles } from '../systems.js';
import { type Ballot, voteWrite } from '../votes.js';
import { approvalsOf, wakeAt } from './deciding.js';
import { nudgeAfter } from './nudges.js';
import type { Details, Elevation } from './schemas.js';
import { beginsAt } from './start.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';
import { waitAnew } from './wait-anew.js';

/** One person's yes to exactly the sealed terms. The last one needed moves the request on; it grants nothing yet (rule 4). */
export async function approve(context: VerbContext, id: RequestId, ballot: Ballot & { reason?: string }) {
  const read = readReason(ballot.reason ?? '');
  if (!read.ok) return read;
  const reason = read.value || null;
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'approve');
    if (!judged.ok) return judged.answer;
    const { now, decision } = judged;
    const counted = await countYes(context, request, { by: ballot.by, now, reason });
    return transition(context, request, {
      on: counted.enough ? 'approve' : 'vote',
      details: counted.details,
      dueAt: counted.dueAt,
      at: now,
      decision,
      input: ballot.input,
      votes: [voteWrite(request, ballot, 'approve', reason)],
      event: {
        type: counted.enough ? 'elevation.approved' : 'elevation.vote_cast',
        actor: ballot.by,
        ...(reason === null ? {} : { personal: { reason: { subject: ballot.by, text: reason } } }),
        data: {
          verdict: 'approve',
          seal: ballot.seal,
          approvals: counted.approvals,
          approvalsNeeded: request.details.approvalsNeeded,
        },
      },
    });
  });
}

/** What one more yes makes of a request; a stage that is filled by it starts the wait and the reminders of the next. */
export async function countYes(
  context: VerbContext,
  request: Elevation,
  yes: { by: Elevation['requester']; now: Date; reason: string | null },
): Promise<{ enough: boolean; approvals: number; details: Details; dueAt: Date }> {
  const { by, now, reason } = yes;
  const details = named(context, request, by);
  const { stages } = details.deciding;
  const approvals = [...approvalsOf(request), by];
  const before = progressOf(stages, approvals.slice(0, -1));
  const after = progressOf(stages, approvals);
  if (after.current === null)
    return {
      enough: true,
      approvals: approvals.length,
      details: { ...details, decided: { by, at: now.toISOString(), reason } },
      dueAt: beginsAt({ details }, now),
    };
  const next =
    after.current === before.current
      ? details
      : {
          ...details,
          ...(await waitAnew(context, request, now)),
          deciding: {
            ...details.deciding,
            nudgeStep: 0,
            nudgeAt: nudgeAfter(context, { system: details.system, step: 0, now }),
          },
        };
  return { enough: false, approvals: approvals.length, details: next, dueAt: wakeAt(next) };
}

/** Policy let them decide by the roles they hold now: whoever was not there to be asked counts all the same. */
function named(context: VerbContext, { details }: Elevation, voter: Elevation['requester']): Details {
  const roles = stageRoles(context, details.system, details.scope);
  const stages = details.deciding.stages.map((stage, index) =>
    stage.approvers.includes(voter) || !holdersOf(context, roles[index] ?? []).includes(voter)
      ? stage
      : { ...stage, approvers: [...stage.approvers, voter] },
  );
  return { ...details, deciding: { ...details.deciding, stages } };
}
