import { quotedValue, section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { termsButton } from '../sealed-terms.js';
import { askingButtons } from './asking-views.js';
import { ownRequests } from './commands/own-requests.js';
import { progressNow } from './deciding.js';
import { openQuestions } from './deciding-views.js';
import { holderButtons, storyButton } from './living-views.js';
import type { Elevation } from './schemas.js';
import { list } from './stored.js';
import { cardButtons, summary } from './views.js';

/** More than a Home can show; `/elevate mine` and `/elevate status list` have the rest. */
const MOST = 200;
const PAST = 20;

/** What this person may decide or has to answer, what they hold or wait for, and what they had or asked for. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  const [pending, own, over] = await Promise.all([
    list(context, { approver: person, states: ['pending'] }),
    ownRequests(context, person, { states: UNDER_WAY, take: MOST }),
    ownRequests(context, person, { states: OVER, take: PAST }),
  ]);
  return [
    ...pending.filter((request) => waitsFor(request, person)).map((request) => waiting(request, names)),
    ...own.filter(({ requester }) => requester === person).flatMap((request) => asked(request, names)),
    ...own.map((request) => held(request, person, names)),
    ...over.map((request) => past(request, names)),
  ];
}

const UNDER_WAY = ['pending', 'approved', 'executing', 'active', 'ending', 'revoke_unproven'] as const;
const OVER = ['ended', 'denied', 'cancelled', 'timed_out', 'failed'] as const;

/** Whose turn it is: a yes of a later stage would be refused. */
export function waitsFor(request: Elevation, person: PrincipalId): boolean {
  const { current } = progressNow(request);
  const stage = current === null ? undefined : request.details.deciding.stages[current];
  return (
    stage?.approvers.includes(person) === true &&
    request.requester !== person &&
    request.votes.every((vote) => vote.principal !== person)
  );
}

const waiting = (request: Elevation, names: Names): HomeItem => ({
  section: 'waiting',
  at: request.createdAt,
  blocks: [
    section(`${summary(request, names)}\n${quotedValue(request.details.reason, 300)}`, termsButton(request)),
    ...cardButtons(request),
  ],
});

const asked = (request: Elevation, names: Names): HomeItem[] =>
  openQuestions(request, names).map((question) => ({ section: 'waiting', ...question }));

const held = (request: Elevation, person: PrincipalId, names: Names): HomeItem => ({
  section: 'access',
  at: new Date(request.details.grant?.expiresAt ?? request.details.pendingUntil),
  blocks: [
    section(summary(request, names), storyButton(request)),
    ...(request.requester === person ? askingButtons(request) : []),
    ...(request.subject === person ? holderButtons(request) : []),
  ],
});

const past = (request: Elevation, names: Names): HomeItem => ({
  section: 'history',
  at: request.updatedAt,
  blocks: [section(summary(request, names), storyButton(request))],
});
