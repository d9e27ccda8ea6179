import { section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { wholePart } from '../sealed-terms.js';
import { voteButtons } from '../vote-controls.js';
import { list } from './stored.js';
import { headline, reasonPart, STATUS } from './views.js';

const AT_MOST = 20;

/** Security sees the erasures that wait for a second person. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  const pending = await list(context, { states: ['pending'], take: AT_MOST });
  return pending
    .filter(({ details }) => details.approvers.includes(person))
    .map((request) => ({
      section: 'waiting',
      at: request.createdAt,
      blocks: [
        section(`*#${request.number}* ${headline(request, names)}. ${STATUS.pending(request, names)}`),
        ...wholePart(reasonPart(request)),
        voteButtons(request),
      ],
    }));
}
