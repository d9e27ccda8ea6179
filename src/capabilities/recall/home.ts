import { section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { list } from './stored.js';
import { headline, progress, reviewButton } from './views.js';

const AT_MOST = 20;

/** Security sees the recalls that wait for judgements. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  if (!holdersOf(context, ['security']).includes(person)) return [];
  const open = await list(context, { states: ['reviewing'], take: AT_MOST });
  return open
    .filter(({ subject }) => subject !== person)
    .map((recall) => ({
      section: 'waiting',
      at: recall.createdAt,
      blocks: [
        section(`*#${recall.number}* ${headline(recall, names)}. ${progress(recall)}`),
        ...reviewButton(recall),
      ],
    }));
}
