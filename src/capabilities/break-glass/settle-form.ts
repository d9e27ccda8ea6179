import { setTimeout as delay } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import { modal, section } from '../../blocks/index.js';
import type { RequestId } from '../../core/tenant.js';
import { NOTHING, parseButton, privately, STALE } from '../button.js';
import type { SlackAnswer, SubmissionCall, VerbContext } from '../define.js';
import { MODALS } from './actions.js';
import { chosenIn, differencesModal } from './differences-modal.js';
import { openForm } from './open-form.js';
import { settleLines } from './review.js';
import { claimedLines } from './review-due.js';
import type { Review } from './schemas.js';
import { asReview, readGlass } from './stored.js';

const WAIT_SECONDS = 20;
const PAUSE_MILLISECONDS = 100;

/** A page of differences as somebody settled it; what they call undone is looked at while they wait, and the next page follows. */
export async function submitDifferences(context: VerbContext, call: SubmissionCall): Promise<SlackAnswer> {
  const button = parseButton(call.metadata);
  if (button === null) return STALE;
  const { verdicts, next } = chosenIn(call.values);
  if (verdicts.size > 0) {
    const outcome = await settleLines(context, button.id, { by: call.by, input: call.input, verdicts });
    if (!outcome.ok) return privately(outcome);
  }
  const undone = [...verdicts].flatMap(([index, verdict]) => (verdict === 'undone' ? [index] : []));
  if (undone.length > 0)
    return {
      show: 'modal_later',
      loading: LOOKING,
      fill: async () => resultOf(await untilLooked(context, button.id, undone), undone, next),
    };
  const review = asReview(await readGlass(context, button.id));
  const isMore = review.details.drift?.some(({ settled }, index) => settled === null && index >= next);
  if (isMore !== true) return NOTHING;
  const page = { ...call, input: `${call.input}-page-${next}` };
  return openForm(context, button.id, page, {
    as: asReview,
    action: 'settle',
    view: (current) => differencesModal(current, { from: next }),
  });
}

const LOOKING = modal({
  callbackId: MODALS.differences,
  title: 'Differences',
  blocks: [section('Looking at the target whether it is gone. This takes seconds.')],
});

/** The review once each of these lines was looked at, or once nobody should wait any longer. */
async function untilLooked(context: VerbContext, id: RequestId, lines: readonly number[]): Promise<Review> {
  const deadline = performance.now() + WAIT_SECONDS * 1_000;
  for (;;) {
    const review = asReview(await readGlass(context, id));
    const waiting = claimedLines(review.details).some((index) => lines.includes(index));
    if (!waiting || performance.now() > deadline) return review;
    await delay(PAUSE_MILLISECONDS);
  }
}

/** What the look found, above the lines that stay open; then the next page. */
function resultOf(review: Review, lines: readonly number[], next: number): ModalView {
  const open = lines.filter((index) => review.details.drift?.[index]?.settled === null);
  const said =
    open.length === 0
      ? `Gone at the target, and settled as undone: ${lines.length}.`
      : `Gone at the target, and settled as undone: ${lines.length - open.length}. *Still open: ${open.length}.* Why stands under each.`;
  return differencesModal(review, { from: open[0] ?? next, said });
}
