import { quotedValue, section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { termsButton } from '../sealed-terms.js';
import { holderButtons, storyButton } from './living-views.js';
import type { Elevation } from './schemas.js';
import { list } from './stored.js';
import { cardButtons, summary } from './views.js';

/** More than a Home can show; the oldest of so many are found in the channel. */
const MOST = 200;
const PAST = 20;

/** What this person may decide, what they hold or wait for, and what they had. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  const [pending, own, over] = await Promise.all([
    list(context, { states: ['pending'], take: MOST }),
    list(context, { subject: person, states: UNDER_WAY, take: MOST }),
    list(context, { subject: person, states: OVER, take: PAST }),
  ]);
  return [
    ...pending.filter((request) => waitsFor(request, person)).map((request) => waiting(request, names)),
    ...own.map((request) => held(request, names)),
    ...over.map((request) => past(request, names)),
  ];
}

const UNDER_WAY = ['pending', 'approved', 'executing', 'active', 'ending', 'revoke_unproven'] as const;
const OVER = ['ended', 'denied', 'cancelled', 'timed_out', 'failed'] as const;

const waitsFor = (request: Elevation, person: PrincipalId): boolean =>
  request.details.approvers.includes(person) &&
  request.requester !== person &&
  request.votes.every((vote) => vote.principal !== person);

const waiting = (request: Elevation, names: Names): HomeItem => ({
  section: 'waiting',
  at: request.createdAt,
  blocks: [
    section(`${summary(request, names)}\n${quotedValue(request.details.reason, 300)}`, termsButton(request)),
    ...cardButtons(request),
  ],
});

const held = (request: Elevation, names: Names): HomeItem => ({
  section: 'access',
  at: new Date(request.details.grant?.expiresAt ?? request.details.pendingUntil),
  blocks: [section(summary(request, names)), ...holderButtons(request)],
});

const past = (request: Elevation, names: Names): HomeItem => ({
  section: 'history',
  at: request.updatedAt,
  blocks: [section(summary(request, names), storyButton(request))],
});
