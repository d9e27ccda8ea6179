import {
  codeValue,
  context,
  header,
  inlineValue,
  type MessageContent,
  message,
  section,
} from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { Gist, Names, Surface } from '../define.js';
import { toPerson } from '../lines.js';
import { partsOnCard } from '../sealed-terms.js';
import { stoppedBy } from '../stop-words.js';
import { denyButtons, voteButtons } from '../vote-controls.js';
import { cancelledBy, deniedBy, due, listed, TIMED_OUT, when } from '../wording.js';
import { askingSurfaces } from './asking-views.js';
import { decidingButtons, decidingSurfaces, progressLine } from './deciding-views.js';
import { holderButtons, livingSurfaces, revokeButton } from './living-views.js';
import type { Elevation } from './schemas.js';
import { targetOf } from './target-of.js';
import { privilegesPart, reasonPart, termFields } from './terms-views.js';
import { approvedBy, windowSurfaces } from './window-views.js';

/** Every message a request should have in its present state. Pure, and total over states (rule 14). */
export function surfaces(request: Elevation, names: Names): Surface[] {
  const card = { name: 'card', at: { channel: 'requests' as const }, ...cardMessage(request, names) };
  return [
    card,
    ...(request.details.window === null ? decidingSurfaces(request, names) : windowSurfaces(request, names)),
    ...askingSurfaces(request, names),
    ...livingSurfaces(request, names),
    ...outcomeSurface(request, names),
  ];
}

function cardMessage(request: Elevation, names: Names): MessageContent {
  const what = headline(request, names);
  return message(`${what} · ${STATUS[request.state](request, names)}`, [
    header(`${HEADERS[request.state]} · #${request.number}`),
    section(`${what}${renewed(request)}`),
    ...termFields(request, names),
    ...partsOnCard(request, [
      { ...reasonPart(request), sections: 1 },
      { ...privilegesPart(request), sections: 2 },
    ]),
    section(STATUS[request.state](request, names)),
    ...cardButtons(request),
    ...decidingButtons(request),
    context(`Sealed terms \`${request.details.seal.slice(0, 16)}\` · what is approved is exactly what runs`),
  ]);
}

const headline = (request: Elevation, names: Names): string =>
  `${names.mention(request.requester)} ${request.state === 'pending' ? 'asks' : 'asked'}${forWhom(request, names)} for ${targetOf(request, names)} for *${duration(request.details.durationMinutes)}*`;

/** A request in two lines, as lists show it. */
export const summary = (request: Elevation, names: Names): string =>
  `*#${request.number}* ${headline(request, names)}\n${STATUS[request.state](request, names)}`;

const forWhom = ({ requester, subject }: Elevation, names: Names): string =>
  requester === subject ? '' : ` on behalf of ${names.mention(subject)}`;

const HEADERS: Record<Elevation['state'], string> = {
  pending: 'Access Request',
  approved: 'Access Approved',
  executing: 'Access Approved',
  active: 'Access Granted',
  ending: 'Access Ending',
  revoke_unproven: 'Access End Not Proved',
  ended: 'Access Ended',
  denied: 'Access Denied',
  cancelled: 'Access Request Cancelled',
  timed_out: 'Access Request Closed',
  failed: 'Access Not Granted',
};

const STATUS: Record<Elevation['state'], (request: Elevation, names: Names) => string> = {
  pending: progressLine,
  approved: (request, names) => `${approvedBy(request, names)}. ${begins(request)}`,
  executing: (request, names) => `${approvedBy(request, names)}. The executor is granting it now.`,
  active: (request, names) =>
    `${approvedBy(request, names)}. Access until ${due(request.details.grant?.expiresAt ?? null)}.${howToUse(request, names)}`,
  ending: (request, names) =>
    `${endedWhy(request, names)}. Sessions are being closed and the access removed.`,
  revoke_unproven: (request, names) =>
    `${endedWhy(request, names)}. The target has not confirmed that the access is gone. Countersign keeps trying and has alerted.`,
  ended: (request, names) =>
    failureOf(request) ??
    `${endedWhy(request, names)}. Proved gone at the target ${when(request.details.end?.provedAt ?? null)}: ${whatIsGone(request)}.`,
  denied: (request, names) => deniedWhy(request, names),
  cancelled: (request, names) => cancelledBy(request, names),
  timed_out: () => TIMED_OUT,
  failed: (request) => failureOf(request) ?? 'The executor refused the grant.',
};

/** Where a person's own account is let in, there is nothing to show: they sign in as they always do. */
function howToUse({ details, subject }: Elevation, names: Names): string {
  return details.login === null
    ? ''
    : ` ${names.mention(subject)} uses it as ${codeValue(details.login, 100)}: sign in to ${inlineValue(names.system(details.system), 100)} again.`;
}

const whatIsGone = ({ details }: Elevation): string =>
  details.login === null ? 'no account, no session' : 'nothing of this access is left there';

function deniedWhy(request: Elevation, names: Names): string {
  const { decided } = request.details;
  const failure = failureOf(request);
  if (failure !== null) return `Not granted: ${failure}`;
  return deniedBy(decided, names);
}

const begins = ({ details }: Elevation): string =>
  details.startAt === null
    ? 'The grant is on its way.'
    : `The access begins ${due(details.startAt)}. Until then it can be cancelled, or denied by an approver.`;

function failureOf({ details }: Elevation): string | null {
  return details.failure === null ? null : inlineValue(details.failure, 600);
}

function endedWhy(request: Elevation, names: Names): string {
  return `${approvedBy(request, names)}. ${howItEnded(request, names)}`;
}

export function howItEnded(request: Elevation, names: Names): string {
  const end = request.details.end;
  const by = end?.by ? ` by ${names.mention(end.by)}` : '';
  switch (end?.reason) {
    case 'ended_early':
      return `Given back${by} · ${when(end.askedAt)}`;
    case 'revoked':
      return `Revoked${by} · ${when(end.askedAt)}${end.why === null ? '' : `: ${inlineValue(end.why, 600)}`}`;
    case 'ticket_closed':
      return `Its ticket ${inlineValue(request.details.ticket ?? '', 200)} was closed · ${when(end.askedAt)}`;
    case 'never_started':
      return 'Withdrawn before it could be used';
    case 'frozen':
    case 'deactivated':
    case 'contained':
    case 'recalled':
      return `${stoppedBy({ reason: end.reason, by: end.by }, names)} · ${when(end.askedAt)}`;
    case 'expired':
    case undefined:
      return 'The time is over';
  }
}

const renewed = ({ details }: Elevation): string =>
  details.renews === null ? '' : `, again after #${details.renews.number}`;

/** What the card of this request offers; each press is decided by policy. */
export function cardButtons(request: Elevation) {
  if (request.state === 'pending') return [voteButtons(request)];
  if (request.state === 'approved' && request.details.startAt !== null) return [denyButtons(request)];
  return holderButtons(request, revokeButton(request));
}

/** Who asked always hears the outcome, and so does whom it is for; one message each that follows the state. */
function outcomeSurface(request: Elevation, names: Names): Surface[] {
  if (request.state === 'pending' || request.state === 'approved' || request.state === 'executing') return [];
  const { requester, subject, number } = request;
  const what = `${targetOf(request, names)}\n${STATUS[request.state](request, names)}`;
  const told = (name: string, person: PrincipalId, text: string): Surface =>
    toPerson(name, person, text, holderButtons(request));
  const asked = told('outcome', requester, `Your request #${number}: ${what}`);
  if (subject === requester) return [asked];
  const text = `${names.mention(requester)} asked for you, request #${number}: ${what}`;
  return [asked, told('outcome:subject', subject, text)];
}

const privileges = ({ details }: Elevation): string =>
  listed(
    details.privileges.map((privilege) => codeValue(privilege, 120)),
    8,
    '\n',
  );

function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const words = [
    hours > 0 ? `${hours} hour${hours === 1 ? '' : 's'}` : '',
    rest > 0 ? `${rest} minute${rest === 1 ? '' : 's'}` : '',
  ];
  return words.filter(Boolean).join(' ');
}

export const gist = (request: Elevation, names: Names): Gist => ({
  what: `${targetOf(request, names)} for *${duration(request.details.durationMinutes)}*\n${privileges(request)}`,
  status: STATUS[request.state](request, names),
  words: request.details.reason,
});
