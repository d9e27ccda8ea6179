import {
  actions,
  type ButtonWords,
  button,
  context,
  header,
  type MessageContent,
  message,
  quotedWhole,
  section,
} from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Gist, Names, Surface } from '../define.js';
import { toPerson } from '../lines.js';
import { type Part, wholePart } from '../sealed-terms.js';
import { voteButtons } from '../vote-controls.js';
import { approvedBy, askSurface, deniedBy, due, TIMED_OUT, when } from '../wording.js';
import type { TokenRequest } from './schemas.js';

export const ACTIONS = { show: 'auditor-token.show', revoke: 'auditor-token.revoke' } as const;

/** Every message a request should have in its present state. Pure, and total over states (rule 14). */
export function surfaces(request: TokenRequest, names: Names): Surface[] {
  return [
    { name: 'card', at: { channel: 'requests' }, ...cardMessage(request, names) },
    askSurface(request.details.approvers, names),
    ...outcomeSurface(request, names),
  ];
}

function cardMessage(request: TokenRequest, names: Names): MessageContent {
  const status = STATUS[request.state](request, names);
  const what = headline(request, names);
  return message(`${what} · ${status}`, [
    header(`${HEADERS[request.state]} · #${request.number}`),
    section(what),
    ...wholePart(purposePart(request)),
    section(status),
    ...buttons(request),
    context(`Sealed terms \`${request.details.seal.slice(0, 16)}\` · every read with the token is ledgered`),
  ]);
}

/** All of it: it is sealed (rule 5). */
export const purposePart = ({ details }: TokenRequest): Part => ({
  title: 'Purpose',
  lines: quotedWhole(details.purpose),
});

export const headline = (request: TokenRequest, names: Names): string =>
  `${names.mention(request.requester)} ${request.state === 'pending' ? 'asks' : 'asked'} for a token that reads the ledger for *${days(request)}*`;

const HEADERS: Record<TokenRequest['state'], string> = {
  pending: 'Auditor Token Request',
  approved: 'Auditor Token Approved',
  issued: 'Auditor Token Issued',
  expired: 'Auditor Token Expired',
  revoked: 'Auditor Token Revoked',
  denied: 'Auditor Token Denied',
  timed_out: 'Auditor Token Request Closed',
  lapsed: 'Auditor Token Not Fetched',
};

export const STATUS: Record<TokenRequest['state'], (request: TokenRequest, names: Names) => string> = {
  pending: (request) => `Waiting for approval. Open until ${due(request.details.pendingUntil)}.`,
  approved: (request, names) =>
    `${approvedBy(request, names)}. ${names.mention(request.requester)} can have it shown once, until ${due(request.details.fetchUntil)}.`,
  issued: (request, names) =>
    `${shown(request, names)}. It works until ${due(request.details.token?.expiresAt ?? null)}.`,
  expired: (request, names) =>
    `${shown(request, names)}. It expired ${when(request.details.token?.expiresAt ?? null)}.`,
  revoked: (request, names) => {
    const { revoked } = request.details;
    const by = revoked?.by ? ` by ${names.mention(revoked.by)}` : '';
    return `${shown(request, names)}. Revoked${by} · ${when(revoked?.at ?? null)}`;
  },
  denied: (request, names) => deniedBy(request.details.decided, names),
  timed_out: () => TIMED_OUT,
  lapsed: (request, names) =>
    `${approvedBy(request, names)}, but not fetched in time. No token was made: ask again if it is still needed.`,
};

const shown = (request: TokenRequest, names: Names): string =>
  `${approvedBy(request, names)}. Shown to ${names.mention(request.requester)} · ${when(request.details.token?.shownAt ?? null)}`;

export function buttons(request: TokenRequest) {
  if (request.state === 'pending') return [voteButtons(request)];
  const words = BUTTONS[request.state];
  if (words === undefined) return [];
  const value = buttonValue(request);
  const { number, id, version } = request;
  return [
    actions(`auditor-token-${id}-${version}`, [
      button({ ...words, value, label: `${words.text} of request ${number}` }),
    ]),
  ];
}

const BUTTONS: Partial<Record<TokenRequest['state'], Pick<ButtonWords, 'text' | 'actionId' | 'style'>>> = {
  approved: { text: 'Show Token', actionId: ACTIONS.show, style: 'primary' },
  issued: { text: 'Revoke', actionId: ACTIONS.revoke },
};

/** The requester always hears the outcome; one message that follows the state and warns whoever did not ask to be shown it. */
function outcomeSurface(request: TokenRequest, names: Names): Surface[] {
  if (request.state === 'pending') return [];
  const warning = request.state === 'issued' ? ' If you were not shown it, revoke it now.' : '';
  const text = `Your request #${request.number} for an auditor token\n${STATUS[request.state](request, names)}${warning}`;
  return [toPerson('outcome', request.requester, text, buttons(request))];
}

const days = ({ details }: TokenRequest): string => `${details.days} day${details.days === 1 ? '' : 's'}`;

export const gist = (request: TokenRequest, names: Names): Gist => ({
  what: `a token that reads the ledger for *${days(request)}*`,
  status: STATUS[request.state](request, names),
  words: request.details.purpose,
});
