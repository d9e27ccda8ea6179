import { section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { freezesInForce } from './in-force.js';
import { headline, liftButton, statusOf } from './views.js';

/** Security sees the freezes that wait for their agreement. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  if (!holdersOf(context, ['security']).includes(person)) return [];
  return (await freezesInForce(context))
    .filter(({ subject, votes }) => subject !== person && votes.every((vote) => vote.principal !== person))
    .map((freeze) => ({
      section: 'waiting',
      at: freeze.createdAt,
      blocks: [
        section(`*#${freeze.number}* ${headline(freeze, names)}. ${statusOf(freeze, names)}`),
        ...liftButton(freeze),
      ],
    }));
}
