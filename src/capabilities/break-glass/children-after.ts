import type { DriftLine } from '../../packet/index.js';
import type { RequestChange } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { machine } from './machine.js';
import { dueOf } from './review-due.js';
import type { Use } from './schemas.js';
import { asJustification, asReview, changeOf, readGlass } from './stored.js';

/** What was never shown needs no explaining; of what was, the review gets what it left behind. */
export async function childrenAfter(
  context: VerbContext,
  { details }: Use,
  drift: readonly DriftLine[],
): Promise<RequestChange[]> {
  const review = asReview(await readGlass(context, details.review));
  if (details.showings.length === 0) {
    const justification = asJustification(await readGlass(context, details.justification));
    return [review, justification].flatMap((child) =>
      machine.next(child.state, 'drop') === null
        ? []
        : [changeOf(child, { on: 'drop', details: child.details, dueAt: null })],
    );
  }
  const lines = drift.map((one) => ({ ...one, settled: null, claim: null }));
  const drafted = { ...review.details, drift: lines };
  return [changeOf(review, { on: 'edit', details: drafted, dueAt: dueOf(drafted) })];
}
