import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { holdersOf } from '../principal-facts.js';
import { OUT } from './accounts.js';
import { withPower } from './facts.js';
import { OWED } from './machine.js';
import { justificationLine, reviewLine, useLine } from './open-lines.js';
import { asJustification, asReview, asUse, list } from './stored.js';

const MANY = 50;
const ALL = 500;

/** Whether somebody sees every use, not only their own. */
async function watches(context: VerbContext, by: PrincipalId): Promise<boolean> {
  const powerful = await withPower(context, context.clock.now(), [by]);
  return powerful.some((one) => holdersOf(context, ['security', 'codex-hps']).includes(one));
}

/** What is open: one's own, the reviews one owns, or for those who watch everybody's. */
export async function openLoops(context: VerbContext, by: PrincipalId) {
  const isWatching = await watches(context, by);
  const whose = isWatching ? {} : { requester: by };
  const [uses, justifications, reviews] = await Promise.all([
    list(context, { ...whose, states: OUT, take: MANY }),
    list(context, { ...whose, states: OWED, take: MANY }),
    list(context, { states: ['review_open', 'review_overdue'], take: isWatching ? MANY : ALL }),
  ]);
  return {
    isWatching,
    uses: uses.map(asUse),
    // What others recorded is open for its user alone.
    justifications: justifications
      .map(asJustification)
      .filter((one) => one.state !== 'justification_stood_in' || one.requester === by),
    reviews: reviews
      .map(asReview)
      .filter((one) => isWatching || one.requester === by || one.details.owner === by),
  };
}

/** `/break-glass status`. */
export async function statusText(context: VerbContext, by: PrincipalId): Promise<string> {
  const names = namesOf(context.policy.organisation);
  const { uses, justifications, reviews } = await openLoops(context, by);
  const lines = [
    ...uses.map((use) => useLine(use, names)),
    ...justifications.map((one) => justificationLine(one, names)),
    ...reviews.map((one) => reviewLine(one, names)),
  ];
  return lines.length === 0
    ? 'Nothing is open: no use, no justification, no review.'
    : lines.map((line) => `• ${line}`).join('\n');
}
