import {
  actions,
  button,
  context,
  header,
  inlineValue,
  message,
  quotedValue,
  section,
} from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Names, Surface } from '../define.js';
import { when } from '../wording.js';
import { ACTIONS } from './actions.js';
import { isComplete } from './record.js';
import type { Glass, Justification, Review } from './schemas.js';
import { asJustification, asReview, asUse } from './stored.js';
import { useSurfaces } from './use-view.js';

/** Every message a request of the loop should have in its present state. Pure, and total over states (rule 14). */
export function surfaces(request: Glass, names: Names): Surface[] {
  switch (request.details.part) {
    case 'use':
      return useSurfaces(asUse(request), names);
    case 'justification':
      return justificationSurfaces(asJustification(request), names);
    case 'review':
      return reviewSurfaces(asReview(request), names);
  }
}

function justificationSurfaces(request: Justification, names: Names): Surface[] {
  const { details, state } = request;
  if (state === 'justification_waiting' || state === 'dropped') return [];
  const isOwed = state === 'justification_due' || state === 'justification_overdue';
  const system = inlineValue(names.system(details.system), 100);
  const text = isOwed
    ? `Write down why you used break-glass on *${system}*, until ${when(details.deadline)}. ${details.overdueAt === null ? 'Without it you cannot use it again.' : '*This is overdue*: you cannot use break-glass until it is given.'}`
    : `You justified your break-glass use of *${system}*.${details.overdueAt === null ? '' : ' It came late, and the ledger says so.'}`;
  const dm = (name: string, words: string): Surface => ({
    name,
    at: { person: request.requester },
    ...message(words, [section(words), ...(isOwed ? [justificationButton(request, name)] : [])]),
  });
  return [
    dm('dm:justify', text),
    ...Array.from({ length: details.reminders }, (_, index) =>
      dm(`dm:remind:${index}`, isOwed ? `Reminder ${index + 1} of 3. ${text}` : text),
    ),
    ...justificationCard(request, names, isOwed),
  ];
}

/** What those who watch read, once there is something to read or to miss. */
function justificationCard(request: Justification, names: Names, isOwed: boolean): Surface[] {
  const { details } = request;
  if (isOwed && details.overdueAt === null) return [];
  const who = names.mention(request.requester);
  const system = inlineValue(names.system(details.system), 100);
  const late = details.overdueAt === null ? '' : ` Overdue since ${when(details.overdueAt)}.`;
  const text = isOwed
    ? `${who} has not justified the use of break-glass on *${system}*.${late} They cannot use it again before they do.`
    : `${who} justified the use of break-glass on *${system}*.${late}`;
  const given = details.texts
    .slice(-5)
    .map(({ at, text: words }, index) =>
      section(
        `*${index === 0 && details.texts.length <= 5 ? 'Justification' : 'Amendment'}* · ${when(at)}\n${quotedValue(words, 1_500)}`,
      ),
    );
  return [
    {
      name: 'card',
      at: { channel: 'codex-hps' },
      ...message(text, [header(`Justification · #${request.number}`), section(text), ...given]),
    },
  ];
}

export const justificationButton = (request: Justification, place: string) =>
  actions(`break-glass-${request.id}-${request.version}-${place}`, [
    button({
      text: 'Write Justification',
      actionId: ACTIONS.justify,
      value: buttonValue(request),
      style: 'primary',
      label: `Write the justification of use ${request.number}`,
    }),
  ]);

const REVIEW_STATUS: Partial<Record<Review['state'], (request: Review, names: Names) => string>> = {
  review_open: ({ details }, names) =>
    `Owned by ${names.mention(details.owner)}. Due ${when(details.dueBy)}.`,
  review_overdue: ({ details }, names) =>
    `Owned by ${names.mention(details.owner)}. *Overdue* since ${when(details.dueBy)}: nobody opens this system on their own word until it is signed off.`,
  review_closed: ({ details }, names) =>
    `Signed off by ${details.signedOff === null ? 'somebody' : names.mention(details.signedOff.by)} ${when(details.signedOff?.at ?? null)}.`,
  dropped: () => 'Nothing was ever shown, so there is nothing to review.',
};

function reviewSurfaces(request: Review, names: Names): Surface[] {
  const { details } = request;
  const { record } = details;
  const title = `Review of ${names.mention(request.requester)}'s break-glass use on *${inlineValue(names.system(details.system), 100)}*`;
  const status = REVIEW_STATUS[request.state]?.(request, names) ?? '';
  const open = request.state === 'review_open' || request.state === 'review_overdue';
  const text = `${title} · ${status}`;
  const card = message(text, [
    header(`Post-Incident Review · #${request.number}`),
    section(title),
    section(status),
    section(
      `*type* security-incident · *severity* ${record.severity} · *detected_at* ${when(record.detectedAt)}`,
    ),
    ...(['description', 'impact', 'remediation', 'prevention'] as const).map((field) =>
      section(
        `*${field}*\n${record[field].trim() === '' ? '_to be written_' : quotedValue(record[field], 600)}`,
      ),
    ),
    section(`*What stayed behind at the target*\n${differences(request)}`),
    ...(open ? reviewButtons(request) : []),
    context(
      `${isComplete(record) ? 'The record is filled' : 'The record is not filled yet'} · the timeline is in the export: \`countersign\` reads /v1/break-glass/reviews/${request.number}`,
    ),
  ]);
  return [
    { name: 'card', at: { channel: 'codex-hps' }, ...card },
    ...(open
      ? [
          {
            name: `dm:owner:${details.owner}`,
            at: { person: details.owner },
            ...message(text, [
              section(`You own this: ${title}\n${status}`),
              ...reviewButtons(request, 'owner'),
            ]),
          },
        ]
      : []),
  ];
}

function differences({ details }: Review): string {
  if (details.drift === null) return '_known once the rotation is proved_';
  if (details.drift.length === 0) return 'Nothing that differs from before.';
  const shown = details.drift
    .slice(0, 10)
    .map(
      ({ change, line, settled }) =>
        `• ${change === 'added' ? '＋' : '－'} ${inlineValue(line, 160)} · ${settled === null ? '*open*' : settled.verdict}`,
    );
  const more = details.drift.length - shown.length;
  return more > 0 ? `${shown.join('\n')}\nand ${more} more` : shown.join('\n');
}

function reviewButtons(request: Review, place = 'card') {
  const value = buttonValue(request);
  const one = (text: string, actionId: string, more: Partial<Parameters<typeof button>[0]> = {}) =>
    button({ text, actionId, value, label: `${text} · review ${request.number}`, ...more });
  const sure = (what: string, confirm: string) => ({
    style: 'danger' as const,
    confirm: { title: confirm, text: what, confirm, deny: 'Leave It', style: 'danger' as const },
  });
  return [
    actions(`break-glass-${request.id}-${request.version}-${place}`, [
      one('Write Review', ACTIONS.write, { style: 'primary' }),
      one('Settle Differences', ACTIONS.differences),
      one('Sign Off', ACTIONS.signOff),
      one('Take Review', ACTIONS.take),
    ]),
    actions(`break-glass-${request.id}-${request.version}-${place}-stop`, [
      one(
        'Stop',
        ACTIONS.stop,
        sure('This freezes the person: every access of theirs ends, and they can ask for nothing.', 'Stop'),
      ),
      one(
        'Contain',
        ACTIONS.contain,
        sure('This ends every access in force on the system, whoever has it.', 'Contain'),
      ),
    ]),
  ];
}
