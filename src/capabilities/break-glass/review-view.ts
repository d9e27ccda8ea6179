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
import { due, listed, when } from '../wording.js';
import { ACTIONS } from './actions.js';
import { claimWords } from './differences-modal.js';
import { isComplete, sealOf } from './record.js';
import type { Review } from './schemas.js';

const REVIEW_STATUS: Partial<Record<Review['state'], (request: Review, names: Names) => string>> = {
  review_open: ({ details }, names) => `Owned by ${names.mention(details.owner)}. Due ${due(details.dueBy)}.`,
  review_overdue: ({ details }, names) =>
    `Owned by ${names.mention(details.owner)}. *Overdue* since ${due(details.dueBy)}: nobody opens this system on their own word until it is signed off.`,
  review_closed: ({ details }, names) =>
    `Signed off by ${details.signedOff === null ? 'somebody' : names.mention(details.signedOff.by)} ${when(details.signedOff?.at ?? null)}.`,
  dropped: () => 'Nothing was ever shown, so there is nothing to review.',
};

export const reviewStatus = (request: Review, names: Names): string =>
  REVIEW_STATUS[request.state]?.(request, names) ?? '';

/** The review's card, and the owner's own copy. Its thread begins with the timeline (timeline-view.ts). */
export function reviewSurfaces(request: Review, names: Names): Surface[] {
  const { details } = request;
  const { record } = details;
  const title = `Review of ${names.mention(request.requester)}'s break-glass use on *${inlineValue(names.system(details.system), 100)}*`;
  const status = reviewStatus(request, names);
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
    ...(open ? [...reviewButtons(request), exportButtons(request)] : []),
    context(
      `${isComplete(record) ? 'The record is filled' : 'The record is not filled yet'} · To take it away: \`/break-glass export ${request.number}\`, or \`… ${request.number} json\``,
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

const SIGNS = { added: '＋', removed: '－', more: '…' } as const;

/** What is open first, and of that the most dangerous. */
function differences({ details }: Review): string {
  if (details.drift === null) return '_known once the rotation is proved_';
  if (details.drift.length === 0) return 'Nothing that differs from before.';
  const open = details.drift.filter(({ settled }) => settled === null);
  const settled = details.drift.filter((line) => line.settled !== null);
  const lines = [...open, ...settled].map(
    ({ change, line, settled: is, claim }) =>
      `• ${SIGNS[change]} ${inlineValue(line, 160)} · ${is?.verdict ?? (claim === null ? '*open*' : `*open*, ${claimWords(claim)} · ${when(claim.at)}`)}`,
  );
  return `${details.drift.length} lines, ${open.length} open\n${listed(lines, 10, '\n')}`;
}

function reviewButtons(request: Review, place = 'card') {
  const value = buttonValue(request);
  const isUnsettled = request.details.drift?.some(({ settled }) => settled === null) ?? false;
  const one = (text: string, actionId: string, more: Partial<Parameters<typeof button>[0]> = {}) =>
    button({ text, actionId, value, label: `${text} · review ${request.number}`, ...more });
  const sure = (what: string, confirm: string) => ({
    style: 'danger' as const,
    confirm: { title: confirm, text: what, confirm, deny: 'Leave It', style: 'danger' as const },
  });
  return [
    actions(`break-glass-${request.id}-${request.version}-${place}`, [
      one('Write Review', ACTIONS.write, { style: 'primary' }),
      ...(isUnsettled ? [one('Settle Differences', ACTIONS.differences)] : []),
      one('Sign Off', ACTIONS.signOff, {
        value: buttonValue({ id: request.id, details: { seal: sealOf(request.details) } }),
      }),
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

const exportButtons = (request: Review) =>
  actions(`break-glass-${request.id}-${request.version}-export`, [
    button({
      text: 'Export Markdown',
      actionId: ACTIONS.exportMarkdown,
      value: buttonValue(request),
      label: `Export review ${request.number} as Markdown`,
    }),
    button({
      text: 'Export JSON',
      actionId: ACTIONS.exportJson,
      value: buttonValue(request),
      label: `Export review ${request.number} as JSON`,
    }),
  ]);
