import { quotedValue, section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { termsButton } from '../sealed-terms.js';
import type { WindowRequest } from './schemas.js';
import { list } from './stored.js';
import { buttons, headline, STATUS, target } from './views.js';

/** More than a Home can show. */
const MOST = 100;

/** What this person may countersign, and the open windows that let them in or that they asked for. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  const open = await list(context, { states: ['pending', 'open'], take: MOST });
  return open.flatMap((request): HomeItem[] => {
    if (request.state === 'pending') return waitsFor(request, person) ? [waiting(request, names)] : [];
    const isTheirs = request.details.terms.people.includes(person) || request.requester === person;
    return isTheirs ? [held(request, names, request.requester === person)] : [];
  });
}

const waitsFor = ({ details, votes }: WindowRequest, person: PrincipalId): boolean =>
  details.approvers.includes(person) && votes.every((vote) => vote.principal !== person);

const waiting = (request: WindowRequest, names: Names): HomeItem => ({
  section: 'waiting',
  at: request.createdAt,
  blocks: [
    section(
      `*#${request.number}* ${headline(request, names)}\n${STATUS.pending(request, names)}\n${quotedValue(request.details.reason, 300)}`,
      termsButton(request),
    ),
    ...buttons(request),
  ],
});

const held = (request: WindowRequest, names: Names, isOwn: boolean): HomeItem => ({
  section: 'access',
  at: new Date(request.details.terms.endsAt),
  blocks: [
    section(`*#${request.number}* Window: ${target(request, names)}\n${STATUS.open(request, names)}`),
    ...(isOwn ? buttons(request) : []),
  ],
});
