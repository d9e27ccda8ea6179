import { inlineValue } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { when } from '../wording.js';
import { OUT } from './accounts.js';
import { withPower } from './facts.js';
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
    list(context, { ...whose, states: ['justification_due', 'justification_overdue'], take: MANY }),
    list(context, { states: ['review_open', 'review_overdue'], take: isWatching ? MANY : ALL }),
  ]);
  return {
    uses: uses.map(asUse),
    justifications: justifications.map(asJustification),
    reviews: reviews
      .map(asReview)
      .filter((one) => isWatching || one.requester === by || one.details.owner === by),
  };
}

/** `/break-glass status`. */
export async function statusText(context: VerbContext, by: PrincipalId): Promise<string> {
  const { uses, justifications, reviews } = await openLoops(context, by);
  const lines = [
    ...uses.map(
      (use) =>
        `• Use #${use.number}: ${use.requester} · ${inlineValue(use.details.system, 64)} · ${use.details.account} · ${use.state === 'rotation_unproven' ? '*rotation not proved*' : use.state}${use.details.window?.expiresAt ? ` · until ${when(use.details.window.expiresAt)}` : ''}`,
    ),
    ...justifications.map(
      (one) =>
        `• Justification #${one.number}: ${one.requester} · ${inlineValue(one.details.system, 64)} · ${one.state === 'justification_overdue' ? '*overdue*' : `until ${when(one.details.deadline)}`}`,
    ),
    ...reviews.map(
      (one) =>
        `• Review #${one.number}: ${one.details.owner} · ${inlineValue(one.details.system, 64)} · ${one.state === 'review_overdue' ? '*overdue*' : `until ${when(one.details.dueBy)}`}`,
    ),
  ];
  return lines.length === 0 ? 'Nothing is open: no use, no justification, no review.' : lines.join('\n');
}
