import { actions, button, header, type MessageContent, message, section } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Gist, Names, Surface } from '../define.js';
import { inThread } from '../lines.js';
import { listed, NAMED_AT_MOST, when } from '../wording.js';
import { type Item, REMINDERS, type Recall } from './schemas.js';

export const ACTIONS = {
  open: 'recall.review',
  page: 'recall.page',
  back: 'recall.page_back',
  accept: 'recall.accept',
  flag: 'recall.flag',
} as const;

/** The channel sees how far the review is; what was done stands in the modal, for security alone. */
export function surfaces(request: Recall, names: Names): Surface[] {
  const people = request.details.security.slice(0, NAMED_AT_MOST).map((person) => names.mention(person));
  const asked = `${people.join(', ') || 'Security'}: please go through what this account did and judge each item.`;
  return [
    { name: 'card', at: { channel: 'codex-hps' }, ...cardMessage(request, names) },
    inThread('asked', asked, 'codex-hps'),
    ...reminders(request),
  ];
}

function cardMessage(request: Recall, names: Names): MessageContent {
  const { details, number, state } = request;
  const title = state === 'reviewing' ? 'Recall' : 'Recall Reviewed';
  return message(`${headline(request, names)} · ${progress(request)}`, [
    header(`${title} · #${number}`),
    section(headline(request, names)),
    section(found(request)),
    section(progress(request)),
    ...(state === 'reviewing'
      ? reviewButton(request)
      : [section(`Reviewed ${when(details.reviewedAt)}. Every judgement is in the ledger.`)]),
  ]);
}

export const headline = ({ requester, subject, details }: Recall, names: Names): string =>
  `${names.mention(requester)} recalls everything the account of ${names.mention(subject)} asked and approved since ${when(details.since)}`;

function found({ details }: Recall): string {
  const asked = details.items.filter((item) => item.part === 'asked').length;
  const count = (fate: Item['fate']) => details.items.filter((item) => item.fate === fate).length;
  const left = count('left_open');
  const owed = left === 0 ? '' : ` · still open, since it is owed or ending already: *${left}*`;
  return `Asked: *${asked}* · approved: *${details.items.length - asked}* · ended by this: *${count('stopped')}*${owed}`;
}

export function progress({ details }: Recall): string {
  const flagged = details.items.filter((item) => item.judged?.as === 'flagged');
  const judged = details.items.filter((item) => item.judged !== null).length;
  const named = flagged.map((item) => `#${item.number}`);
  const alarming = flagged.length === 0 ? 'none flagged' : `*flagged: ${listed(named, NAMED_AT_MOST)}*`;
  return `Judged: ${judged} of ${details.items.length}, ${alarming}.`;
}

export const reviewButton = (request: Recall) => [
  actions(`recall-${request.id}-${request.version}`, [
    button({
      text: 'Review Items',
      actionId: ACTIONS.open,
      value: buttonValue(request),
      label: `Review the items of recall ${request.number}`,
    }),
  ]),
];

function reminders({ details, state }: Recall): Surface[] {
  const count = state === 'reviewing' ? Math.min(details.reminders, REMINDERS) : 0;
  return Array.from({ length: count }, (_, at): Surface => {
    const text = `Some items wait for a judgement since ${at + 1} day${at === 0 ? '' : 's'}. Press *Review Items* above.`;
    return inThread(`reminder:${at}`, text, 'codex-hps');
  });
}

export const gist = (request: Recall, names: Names): Gist => ({
  what: headline(request, names),
  status: progress(request),
  words: '',
});
