import type { ModalView } from '@slack/types';
import type { RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { privately } from '../button.js';
import type { SlackAnswer, SlackCall, VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import type { Action } from './facts.js';
import { judgeAct } from './judge-act.js';
import type { Review } from './schemas.js';
import { asReview, readGlass } from './stored.js';

/** A form of a review, for who may submit it: it shows more than the card does, and nobody fills it in vain. */
export async function openForm(
  context: VerbContext,
  id: RequestId,
  { by, input }: SlackCall,
  form: { action: Action; view: (review: Review) => ModalView },
): Promise<SlackAnswer> {
  const review = asReview(await readGlass(context, id));
  const now = context.clock.now();
  const decision = await judgeAct(context, review, { action: form.action, now, actor: by });
  return isEffect(decision, 'allow')
    ? { show: 'modal', view: form.view(review) }
    : privately(await refuseAct(context, review, { by, input, what: 'review', now, decision }));
}
