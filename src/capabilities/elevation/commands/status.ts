import { privately } from '../../button.js';
import type { SlackAnswer, VerbContext } from '../../define.js';
import { namesOf } from '../../names.js';
import { headline, STATUS } from '../views.js';
import { listPage } from './mine.js';
import { requestMeant, type Said } from './own-requests.js';

/** `/elevate status [#12|list]`: how one request stands, or all of one's own. */
export async function status(context: VerbContext, { by, rest }: Said): Promise<SlackAnswer> {
  if (rest === 'list') return listPage(context, by, { list: 'all' });
  const meant = await requestMeant(context, by, {
    rest,
    states: ['pending', 'approved', 'executing', 'active', 'ending', 'revoke_unproven'],
    nothing: 'Nothing of yours is open. `/elevate status list` lists what was.',
  });
  if (!meant.ok) return privately(meant);
  const request = meant.value;
  const names = namesOf(context.policy.organisation);
  return {
    show: 'private',
    text: `*#${request.number}* ${headline(request, names)}\n${STATUS[request.state](request, names)}`,
  };
}
