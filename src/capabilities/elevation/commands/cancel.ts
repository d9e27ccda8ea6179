import { privately } from '../../button.js';
import type { SlackAnswer, VerbContext } from '../../define.js';
import { cancel } from '../cancel.js';
import { requestMeant, type Said } from './own-requests.js';

/** `/elevate cancel [#12]`. */
export async function cancelOwn(context: VerbContext, { by, input, rest }: Said): Promise<SlackAnswer> {
  const meant = await requestMeant(context, by, {
    rest,
    states: ['pending', 'approved'],
    nothing: 'You have no request that waits, so there is nothing to cancel.',
  });
  if (!meant.ok) return privately(meant);
  const { id, number } = meant.value;
  const cancelled = await cancel(context, id, { by, input });
  return cancelled.ok ? { show: 'private', text: `Request #${number} is cancelled.` } : privately(cancelled);
}
