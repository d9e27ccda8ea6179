import { addMinutes } from 'date-fns/addMinutes';
import {
  actions,
  button,
  context,
  header,
  inlineValue,
  type MessageContent,
  message,
  quotedValue,
  section,
} from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Gist, Names, Surface } from '../define.js';
import { due, when } from '../wording.js';
import { ACTIONS } from './actions.js';
import { alarm } from './alarm-view.js';
import type { Use } from './schemas.js';

/** The alert itself, what follows it, and the user's own copy. */
export function useSurfaces(request: Use, names: Names): Surface[] {
  const { alerted, alsoAlerted, selfDeclared } = request.details;
  const content = card(request, names);
  const card_ = { name: 'card', at: { channel: 'codex-hps' as const }, ...content, isAlert: true as const };
  return [
    card_,
    ...alerted.map((person): Surface => ({ name: `dm:alert:${person}`, at: { person }, ...content })),
    ...(selfDeclared
      ? [
          { name: 'second', at: { channel: 'requests' as const }, ...content },
          ...alsoAlerted
            .filter((person) => !alerted.includes(person))
            .map((person): Surface => ({ name: `dm:alert:${person}`, at: { person }, ...content })),
        ]
      : []),
    ...showings(request, names),
    ...alarm(request, names),
    own(request, names),
  ];
}

const headline = (request: Use, names: Names): string =>
  `${names.mention(request.requester)} opened *break-glass* on *${inlineValue(names.system(request.details.system), 100)}* for ${inlineValue(request.details.incident, 100)}`;

function card(request: Use, names: Names): MessageContent {
  const { details } = request;
  const status = STATUS[request.state]?.(request, names) ?? '';
  const role = details.alerted.slice(0, 20).map((person) => names.mention(person));
  return message(`${headline(request, names)} · ${status}`, [
    header(`Break-Glass · #${request.number}`),
    section(headline(request, names)),
    section(`*What is burning*\n${quotedValue(details.what, 900)}`),
    section(
      `*Account* \`${details.account}\` · *Severity* ${details.severity.toUpperCase()}\n*Ground* ${ground(request)}`,
    ),
    section(status),
    ...buttons(request, [endButton(request)]),
    context(`${role.join(', ')}: you are told as Codex-HPS. Nobody approved this; the review is open.`),
  ]);
}

function ground({ details: { basis, selfDeclared } }: Use): string {
  const word = 'their own word alone (self-declared)';
  switch (basis.kind) {
    case 'incident':
      return `active ${inlineValue(basis.id, 40)}: ${inlineValue(basis.title, 200)}${selfDeclared ? ', but no channel took the alert in time' : ''}`;
    case 'identity_provider':
      return `the identity provider is away since ${when(basis.since)}${selfDeclared ? ', but no channel took the alert in time' : ''}`;
    case 'self_declared':
      return word;
  }
}

export const useGist = (request: Use, names: Names): Gist => ({
  what: `${headline(request, names)}, *${request.details.minutes} minutes*\n*Account* \`${request.details.account}\` · *Ground* ${ground(request)}`,
  status: STATUS[request.state]?.(request, names) ?? '',
  words: request.details.what,
});

type Status = (request: Use, names: Names) => string;
const ends: Status = ({ details: { openedAt, minutes } }) =>
  `Until about ${when(addMinutes(new Date(openedAt), minutes).toISOString())}: ${minutes} minutes from when the account is open.`;
const ending: Status = (request, names) =>
  `${why(request, names)}. Sessions are being closed and the credential changed.`;
const over: Status = (request, names) =>
  `${why(request, names)}. Sessions closed, credential changed and the old one proved dead ${when(request.details.end?.provedAt ?? null)}.`;

const STATUS: Partial<Record<Use['state'], Status>> = {
  alerting: ends,
  opening: ends,
  open: ({ details }) => `Open until ${due(details.window?.expiresAt ?? null)}.`,
  ending,
  rotation_unproven: (request, names) =>
    `${why(request, names)}. *The target has not proved that the old credential is dead.* Countersign keeps trying and alerting.`,
  rotated: over,
  closed: (request, names) => `${over(request, names)} Justified and reviewed: closed.`,
  failed: ({ details }) => `Not opened: ${inlineValue(details.failure ?? '', 600)}`,
};

function why({ details: { end, failure } }: Use, names: Names): string {
  const by = end?.by ? ` by ${names.mention(end.by)}` : '';
  switch (end?.reason) {
    case 'ended_early':
      return `Ended${by}`;
    case 'taken_over':
      return `Taken over${by}`;
    case 'frozen':
    case 'deactivated':
    case 'contained':
    case 'recalled':
      return `Stopped${by}`;
    case 'never_opened':
      return `Not opened: ${inlineValue(failure ?? 'nothing answered in time', 600).replace(/\.$/u, '')}`;
    case 'expired':
    case undefined:
      return 'The time is over';
  }
}

/** Each showing alerts: its own message, not a line in a thread that nobody opens. */
function showings(request: Use, names: Names): Surface[] {
  return request.details.showings
    .filter((one) => one.shownAt !== null)
    .flatMap((one): Surface[] => {
      const text = `A credential of \`${request.details.account}\` on *${inlineValue(names.system(request.details.system), 100)}* was shown to ${names.mention(request.requester)} ${when(one.shownAt)} (use #${request.number}). Any earlier one is dead.`;
      return [
        { name: `shown:${one.packetId}`, at: { channel: 'codex-hps' }, ...message(text, [section(text)]) },
        {
          name: `dm:shown:${one.packetId}`,
          at: { person: request.requester },
          ...message(text, [
            section(`${text} If that was not you, end it now.`),
            ...buttons(request, [endButton(request)], one.packetId),
          ]),
        },
      ];
    });
}

function own(request: Use, names: Names): Surface {
  const text = `Your break-glass use #${request.number} of *${inlineValue(names.system(request.details.system), 100)}*\n${STATUS[request.state]?.(request, names) ?? ''}`;
  const owed = '\nYou owe a written justification within 24 hours of the first showing.';
  return {
    name: 'dm:own',
    at: { person: request.requester },
    ...message(text, [
      section(`${text}${request.details.showings.length > 0 ? owed : ''}`),
      ...buttons(request, [showButton(request), endButton(request)], 'own'),
    ]),
  };
}

export const showButton = (request: Use) =>
  button({
    text: 'Show Credential',
    actionId: ACTIONS.show,
    value: buttonValue(request),
    style: 'primary',
    label: `Show the credential of use ${request.number}`,
  });

export const endButton = (request: Use) =>
  button({
    text: 'End Now',
    actionId: ACTIONS.end,
    value: buttonValue(request),
    label: `End break-glass use ${request.number} now`,
  });

const buttons = (request: Use, elements: ReturnType<typeof button>[], place = 'card') =>
  request.state === 'open'
    ? [actions(`break-glass-${request.id}-${request.version}-${place}`, elements)]
    : [];
