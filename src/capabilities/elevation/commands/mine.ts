import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { actions, button, section } from '../../../blocks/index.js';
import type { PrincipalId } from '../../../core/tenant.js';
import type { Names, SlackAnswer, SlackHandlers, VerbContext } from '../../define.js';
import { namesOf } from '../../names.js';
import { askingButtons } from '../asking-views.js';
import { holderButtons } from '../living-views.js';
import type { Elevation } from '../schemas.js';
import { summary } from '../views.js';
import { ownRequests, type Said } from './own-requests.js';

const NEXT_PAGE = 'elevation.next_page';
const PAGE = 5;

/** Which list, and for a later page the number the one before it ended with. */
const Place = z.object({ list: z.enum(['open', 'all']), before: z.int().exactOptional() });
type Place = z.infer<typeof Place>;

const OPEN = ['pending', 'approved', 'executing', 'active', 'ending', 'revoke_unproven'] as const;

/** `/elevate mine`: what a person waits for and holds, with what they can do about each. */
export const mine = (context: VerbContext, { by }: Said): Promise<SlackAnswer> =>
  listPage(context, by, { list: 'open' });

export const nextPage: SlackHandlers['actions'][number] = {
  actionId: NEXT_PAGE,
  run: async (context, { by, value }) => {
    const page = await listPage(context, by, placeOf(value));
    return page.show === 'private' ? { ...page, replace: true } : page;
  },
};

function placeOf(value: string): Place {
  try {
    return Place.parse(JSON.parse(value));
  } catch {
    return { list: 'open' };
  }
}

/** One page, newest first. A list that changed meanwhile is gone on with by number: nothing is shown twice or left out. */
export async function listPage(context: VerbContext, by: PrincipalId, place: Place): Promise<SlackAnswer> {
  const found = await ownRequests(context, by, {
    ...(place.list === 'open' && { states: OPEN }),
    ...(place.before !== undefined && { before: place.before }),
    take: PAGE + 1,
  });
  const shown = found.slice(0, PAGE);
  const last = shown.at(-1);
  if (last === undefined) return { show: 'private', text: EMPTY[place.list] };
  const names = namesOf(context.policy.organisation);
  const more = found.length > PAGE ? [nextButton({ ...place, before: last.number })] : [];
  return {
    show: 'private',
    text: shown.map((request) => summary(request, names)).join('\n'),
    blocks: [...shown.flatMap((request) => entry(request, by, names)), ...more],
  };
}

const EMPTY = {
  open: 'Nothing of yours is open. `/elevate` asks for access.',
  all: 'There is nothing more.',
};

function entry(request: Elevation, by: PrincipalId, names: Names): KnownBlock[] {
  const own = request.requester === by ? askingButtons(request) : [];
  return [section(summary(request, names)), ...(request.state === 'active' ? holderButtons(request) : own)];
}

const nextButton = (place: Place) =>
  actions(`elevation-page-${place.before ?? 'first'}`, [
    button({
      text: 'Next Page',
      actionId: NEXT_PAGE,
      value: JSON.stringify(place),
      label: 'Show older requests',
    }),
  ]);
