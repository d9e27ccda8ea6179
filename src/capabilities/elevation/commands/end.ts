import { privately } from '../../button.js';
import type { SlackAnswer, VerbContext } from '../../define.js';
import { end } from '../end.js';
import { requestMeant, type Said } from './own-requests.js';

/** `/elevate end [#12]`. */
export async function endOwn(context: VerbContext, { by, input, rest }: Said): Promise<SlackAnswer> {
  const meant = await requestMeant(context, by, {
    rest,
    states: ['executing', 'active'],
    nothing: 'You have no access in force, so there is nothing to end.',
  });
  if (!meant.ok) return privately(meant);
  const { id, number } = meant.value;
  const ended = await end(context, id, { by, input });
  return ended.ok ? { show: 'private', text: `Access #${number} is ending.` } : privately(ended);
}
