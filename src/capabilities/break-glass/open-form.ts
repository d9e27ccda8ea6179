import type { ModalView } from '@slack/types';
import type { RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { privately } from '../button.js';
import type { SlackAnswer, SlackCall, VerbContext } from '../define.js';
import type { Action } from './facts.js';
import { judgeAct } from './judge-act.js';
import { refuseAct } from './refuse-act.js';
import type { Glass, Justification, Review } from './schemas.js';
import { readGlass } from './stored.js';

/** A form of a review or a justification, for who may submit it: it may show more than the card, and nobody fills it in vain. */
export async function openForm<Part extends Justification | Review>(
  context: VerbContext,
  id: RequestId,
  { by, input }: SlackCall,
  form: { as: (request: Glass) => Part; action: Action; view: (part: Part) => ModalView },
): Promise<SlackAnswer> {
  const part = form.as(await readGlass(context, id));
  const now = context.clock.now();
  const decision = await judgeAct(context, part, { action: form.action, now, actor: by });
  return isEffect(decision, 'allow')
    ? { show: 'modal', view: form.view(part) }
    : privately(await refuseAct(context, part, { by, input, what: part.details.part, now, decision }));
}
