import {
  context,
  header,
  inlineValue,
  type MessageContent,
  message,
  quotedWhole,
  section,
} from '../../blocks/index.js';
import type { Gist, Names, Surface } from '../define.js';
import { inThread } from '../lines.js';
import { type Part, wholePart } from '../sealed-terms.js';
import { denyButtons, voteButtons } from '../vote-controls.js';
import { approvedBy, deniedBy, due, listed, NAMED_AT_MOST, TIMED_OUT, when } from '../wording.js';
import type { Erasure } from './schemas.js';

/** The security channel alone hears of it. Pure, and total over states (rule 14). */
export function surfaces(request: Erasure, names: Names): Surface[] {
  const people = request.details.approvers.slice(0, NAMED_AT_MOST).map((person) => names.mention(person));
  const asked = `${people.join(', ') || 'Security'}: please approve or deny this with the buttons above.`;
  return [
    { name: 'card', at: { channel: 'codex-hps' }, ...card(request, names) },
    inThread('ask', asked, 'codex-hps'),
  ];
}

function card(request: Erasure, names: Names): MessageContent {
  const { state, number } = request;
  const status = STATUS[state](request, names);
  return message(`${headline(request, names)} · ${status}`, [
    header(`${HEADERS[state]} · #${number}`),
    section(headline(request, names)),
    ...wholePart(reasonPart(request)),
    section(status),
    ...(state === 'pending' ? [voteButtons(request)] : []),
    ...(state === 'approved' ? [denyButtons(request)] : []),
    context('Entries of the ledger stay and verify as before; what was said in them cannot be read again'),
  ]);
}

/** All of it: whoever approves does so on these words. */
export const reasonPart = ({ details }: Erasure): Part => ({
  title: 'Reason',
  lines: quotedWhole(details.reason),
});

export const headline = ({ requester, subject, state }: Erasure, names: Names): string =>
  `${names.mention(requester)} ${state === 'pending' ? 'asks' : 'asked'} to erase the words of ${names.mention(subject)} for good`;

const HEADERS: Record<Erasure['state'], string> = {
  pending: 'Erasure Request',
  approved: 'Erasure Approved',
  executing: 'Erasure Begun',
  erased: 'Erased',
  denied: 'Erasure Denied',
  timed_out: 'Erasure Request Closed',
};

export const STATUS: Record<Erasure['state'], (request: Erasure, names: Names) => string> = {
  pending: ({ details }) =>
    `Waiting for a second person of security. Open until ${due(details.pendingUntil)}.`,
  approved: (request, names) => `${approvedBy(request, names)}. ${waiting(request)}`,
  executing: (request, names) =>
    `${approvedBy(request, names)}. The key and the texts are being destroyed now.`,
  erased: (request, names) =>
    `${approvedBy(request, names)}. Erased ${when(request.details.erased?.at ?? null)}, in ${request.details.erased?.requests ?? 0} requests.`,
  denied: ({ details }, names) => deniedBy(details.decided, names),
  timed_out: () => TIMED_OUT,
};

function waiting({ details }: Erasure): string {
  if (details.waitsFor.length === 0) return 'It is carried out as soon as nothing of theirs is open.';
  const named = details.waitsFor.map(
    ({ number, what }) => `${inlineValue(what, 40)}${number === null ? '' : ` #${number}`}`,
  );
  return `*It waits until these are over*: ${listed(named, NAMED_AT_MOST)}. Countersign looks every hour.`;
}

export const gist = (request: Erasure, names: Names): Gist => ({
  what: `the words of ${names.mention(request.subject)}, erased for good`,
  status: STATUS[request.state](request, names),
  words: request.details.reason,
});
