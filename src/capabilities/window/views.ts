import {
  actions,
  button,
  codeValue,
  context,
  header,
  inlineValue,
  inlineWhole,
  type MessageContent,
  message,
  section,
} from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Gist, Names, Surface } from '../define.js';
import { inThread, toPerson } from '../lines.js';
import { partsOnCard } from '../sealed-terms.js';
import { voteButtons } from '../vote-controls.js';
import { usesLeft } from '../windows.js';
import { approvedBy, askSurface, deniedBy, due, listed, TIMED_OUT, when } from '../wording.js';
import { approvalsOf } from './approve.js';
import type { WindowRequest } from './schemas.js';
import { oftenOf, peopleOf, reasonPart, scopesPart, termFields, times } from './terms-views.js';

export const ACTIONS = { close: 'window.close' } as const;

/** Every message a window should have in its present state. Pure, and total over states (rule 14). */
export function surfaces(request: WindowRequest, names: Names): Surface[] {
  return [
    { name: 'card', at: { channel: 'requests' }, ...cardMessage(request, names) },
    askSurface(request.details.approvers, names),
    ...useSurfaces(request, names),
    requesterSurface(request, names),
    ...namedSurfaces(request, names),
  ];
}

function cardMessage(request: WindowRequest, names: Names): MessageContent {
  const { details, number } = request;
  const what = headline(request, names);
  const status = STATUS[request.state](request, names);
  return message(`${what} · ${status}`, [
    header(`${HEADERS[request.state]} · #${number}`),
    section(what),
    termFields(request, names),
    ...partsOnCard(request, [
      { ...reasonPart(request), sections: 1 },
      { ...scopesPart(details.system, details.terms.scopes, names), sections: 2 },
    ]),
    section(status),
    ...buttons(request),
    context(
      `Sealed terms \`${details.seal.slice(0, 16)}\` · each use is decided by policy again, and ledgered`,
    ),
  ]);
}

export const headline = (request: WindowRequest, names: Names): string =>
  `${names.mention(request.requester)} ${request.state === 'pending' ? 'asks' : 'asked'} that access to ${target(request, names)} is given without asking each time`;

export function target({ details }: WindowRequest, names: Names): string {
  const scopes = details.terms.scopes.map(({ scope }) => inlineWhole(names.scope(details.system, scope)));
  return `*${listed(scopes, 5)}* on *${inlineWhole(names.system(details.system))}*`;
}

const HEADERS: Record<WindowRequest['state'], string> = {
  pending: 'Window Request',
  open: 'Window Open',
  used_up: 'Window Used Up',
  expired: 'Window Over',
  closed: 'Window Closed',
  denied: 'Window Denied',
  timed_out: 'Window Request Closed',
};

export const STATUS: Record<WindowRequest['state'], (request: WindowRequest, names: Names) => string> = {
  pending: (request, names) => waiting(request, names),
  open: (request, names) =>
    `${approvedBy(request, names)}. ${left(request)} until ${due(request.details.terms.endsAt)}.`,
  used_up: (request, names) =>
    `${approvedBy(request, names)}. Used up: further requests are asked of people.`,
  expired: (request, names) =>
    `${approvedBy(request, names)}. Over since ${when(request.details.terms.endsAt)}, used ${times(request.details.used.length)}.`,
  closed: closedBy,
  denied: (request, names) => request.details.closed?.why ?? deniedBy(request.details.decided, names),
  timed_out: () => TIMED_OUT,
};

function waiting(request: WindowRequest, names: Names): string {
  const { approvalsNeeded, pendingUntil } = request.details;
  const approvals = approvalsOf(request);
  const by = approvals.length === 0 ? '' : ` (${approvals.map((one) => names.mention(one)).join(', ')})`;
  return `Waiting for approval: ${approvals.length} of ${approvalsNeeded}${by}. Open until ${due(pendingUntil)}.`;
}

function closedBy({ details }: WindowRequest, names: Names): string {
  const { closed, used } = details;
  const by = closed?.by ? ` by ${names.mention(closed.by)}` : '';
  const why = closed?.why ? ` ${inlineValue(closed.why, 200)}` : '';
  const inForce =
    used.length === 0 || closed?.why
      ? ''
      : ' What it let through goes on to its own end; end it from its own card.';
  return `Closed${by} · ${when(closed?.at ?? null)}, used ${times(used.length)}.${why}${inForce}`;
}

const left = ({ details }: WindowRequest): string =>
  `${usesLeft(details)} of ${times(details.terms.uses)} left`;

export function buttons(request: WindowRequest) {
  if (request.state === 'pending') return [voteButtons(request)];
  return closeButtons(request, 'Close Window');
}

function closeButtons(request: WindowRequest, text: string) {
  const { state, number, id, version } = request;
  if (state !== 'pending' && state !== 'open') return [];
  const label = `${text} ${number}`;
  return [
    actions(`window-close-${id}-${version}`, [
      button({ text, actionId: ACTIONS.close, value: buttonValue(request), label }),
    ]),
  ];
}

/** Each use is a line in the thread, for those who countersigned it to see. */
const useSurfaces = (request: WindowRequest, names: Names): Surface[] =>
  request.details.used.map(({ by, at }, index) => {
    const text = `${names.mention(by)} used this window · ${when(at)}. ${request.details.terms.uses - index - 1} of ${times(request.details.terms.uses)} left.`;
    return inThread(`use:${index + 1}`, text);
  });

function requesterSurface(request: WindowRequest, names: Names): Surface {
  const text = `Your window #${request.number}: ${target(request, names)}\n${STATUS[request.state](request, names)}`;
  const own = closeButtons(request, request.state === 'pending' ? 'Take Back' : 'Close Window');
  return toPerson('asked', request.requester, text, own);
}

/** Those it names hear of it when it opens, and when it is over. */
function namedSurfaces(request: WindowRequest, names: Names): Surface[] {
  const { decided, terms, system } = request.details;
  if (decided === null || request.state === 'denied' || request.state === 'timed_out') return [];
  const command = `/elevate ${system} ${terms.scopes[0]?.scope ?? ''} ${terms.longestMinutes}m why`;
  const text =
    request.state === 'open'
      ? `Window #${request.number} lets you in to ${target(request, names)} without anybody being asked: ${left(request)}, up to ${terms.longestMinutes} minutes each, from ${when(terms.startsAt)} until ${when(terms.endsAt)}. Ask as always: ${codeValue(command, 200)}`
      : `Window #${request.number} lets nobody in any more. ${STATUS[request.state](request, names)}`;
  return terms.people
    .filter((person) => person !== request.requester)
    .map((person) => toPerson(`named:${person}`, person, text));
}

function privileges({ details }: WindowRequest): string {
  const words = [...new Set(details.terms.scopes.flatMap((scope) => scope.privileges))];
  return listed(
    words.map((word) => codeValue(word, 120)),
    8,
    '\n',
  );
}

export function gist(request: WindowRequest, names: Names): Gist {
  const { terms, reason } = request.details;
  return {
    what: `${target(request, names)} for ${peopleOf(terms, names)}, without asking each time: ${oftenOf(terms)}, from ${when(terms.startsAt)} until ${when(terms.endsAt)}\n${privileges(request)}`,
    status: STATUS[request.state](request, names),
    words: reason,
  };
}
