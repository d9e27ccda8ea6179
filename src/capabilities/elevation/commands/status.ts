import { privately } from '../../button.js';
import type { SlackAnswer, VerbContext } from '../../define.js';
import { showStory } from '../story-modal.js';
import { listPage } from './mine.js';
import { requestMeant, type Said } from './own-requests.js';

/** `/elevate status [#12|list]`: the story of one request, or all of one's own. */
export async function status(context: VerbContext, { by, input, rest }: Said): Promise<SlackAnswer> {
  if (rest === 'list') return listPage(context, by, { list: 'all' });
  const meant = await requestMeant(context, by, {
    rest,
    states: ['pending', 'approved', 'executing', 'active', 'ending', 'revoke_unproven'],
    nothing: 'Nothing of yours is open. `/elevate status list` lists what was.',
  });
  return meant.ok ? showStory(context, meant.value.id, { by, input }) : privately(meant);
}
