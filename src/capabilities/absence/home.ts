import { section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { list } from './stored.js';
import { awayLine, backButton } from './views.js';

/** That they are away stands in their Home, with the way back. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  const away = await list(context, { subject: person, states: ['away'], take: 1 });
  return away.map((request) => ({
    section: 'waiting',
    at: request.createdAt,
    blocks: [section(awayLine(request, names)), backButton(request)],
  }));
}
