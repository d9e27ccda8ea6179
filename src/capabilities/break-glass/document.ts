import type { VerbContext } from '../define.js';
import type { Review } from './schemas.js';
import { asJustification, asUse, readGlass } from './stored.js';
import { readTimeline } from './timeline.js';

/** All that is known of a use, around the incident record of its review; the timeline is the ledger's. */
export async function documentOf(context: VerbContext, review: Review) {
  if (review.parentId === null) throw new TypeError(`${review.id} reviews no use`);
  const use = asUse(await readGlass(context, review.parentId));
  const justification = asJustification(await readGlass(context, use.details.justification));
  const timeline = await readTimeline(context, review);
  const { severity, detectedAt, description, impact, remediation, prevention } = review.details.record;
  return {
    type: 'security-incident',
    severity,
    detected_at: detectedAt,
    description,
    impact,
    remediation,
    prevention,
    review: {
      number: review.number,
      state: review.state,
      owner: review.details.owner,
      due_by: review.details.dueBy,
      signed_off: review.details.signedOff,
    },
    use: {
      id: use.id,
      number: use.number,
      user: use.requester,
      system: use.details.system,
      account: use.details.account,
      incident: use.details.incident,
      ground: use.details.basis,
      self_declared: use.details.selfDeclared,
      ended: use.details.end,
    },
    justification: {
      deadline: justification.details.deadline,
      overdue_at: justification.details.overdueAt,
      texts: justification.details.texts,
      in_place: justification.details.standIn,
    },
    left_behind: review.details.drift,
    timeline: timeline.map(({ seq, at, type, what, by }) => ({ seq, at, event: type, what, by })),
  };
}

export type ReviewDocument = Awaited<ReturnType<typeof documentOf>>;
