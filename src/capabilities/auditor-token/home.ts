import { section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { wholePart } from '../sealed-terms.js';
import type { TokenRequest } from './schemas.js';
import { list } from './stored.js';
import { buttons, headline, purposePart, STATUS } from './views.js';

/** More than a Home can show. */
const MOST = 100;
const PAST = 10;

/** Whom this person may let read the ledger, and the tokens they asked for. */
export async function home(context: VerbContext, person: PrincipalId, names: Names): Promise<HomeItem[]> {
  const [pending, own, over] = await Promise.all([
    list(context, { states: ['pending'], take: MOST }),
    list(context, { requester: person, states: ['pending', 'approved', 'issued'], take: MOST }),
    list(context, {
      requester: person,
      states: ['expired', 'revoked', 'denied', 'timed_out', 'lapsed'],
      take: PAST,
    }),
  ]);
  return [
    ...pending.filter((request) => waitsFor(request, person)).map((request) => waiting(request, names)),
    ...own.map((request) => held(request, names)),
    ...over.map((request) => past(request, names)),
  ];
}

const waitsFor = (request: TokenRequest, person: PrincipalId): boolean =>
  request.details.approvers.includes(person) && request.requester !== person;

const waiting = (request: TokenRequest, names: Names): HomeItem => ({
  section: 'waiting',
  at: request.createdAt,
  blocks: [section(line(request, names)), ...wholePart(purposePart(request)), ...buttons(request)],
});

const held = ({ details, ...request }: TokenRequest, names: Names): HomeItem => ({
  section: 'access',
  at: new Date(details.token?.expiresAt ?? details.fetchUntil ?? details.pendingUntil),
  blocks: [
    section(line({ ...request, details }, names)),
    ...(request.state === 'pending' ? [] : buttons({ ...request, details })),
  ],
});

const past = (request: TokenRequest, names: Names): HomeItem => ({
  section: 'history',
  at: request.updatedAt,
  blocks: [section(line(request, names))],
});

const line = (request: TokenRequest, names: Names): string =>
  `*#${request.number}* ${headline(request, names)}\n${STATUS[request.state](request, names)}`;
