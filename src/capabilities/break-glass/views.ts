import { actions, button, header, inlineValue, message, quotedValue, section } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Names, Surface } from '../define.js';
import { toPerson } from '../lines.js';
import { due, when } from '../wording.js';
import { ACTIONS } from './actions.js';
import { reviewSurfaces } from './review-view.js';
import type { Glass, Justification } from './schemas.js';
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
    ? `Write down why you used break-glass on *${system}*, until ${due(details.deadline)}. ${details.overdueAt === null ? 'Without it you cannot use it again.' : '*This is overdue*: you cannot use break-glass until it is given.'}`
    : `You justified your break-glass use of *${system}*.${details.overdueAt === null ? '' : ' It came late, and the ledger says so.'}`;
  const dm = (name: string, words: string): Surface =>
    toPerson(name, request.requester, words, isOwed ? [justificationButton(request, `dm:${name}`)] : []);
  return [
    dm('justify', text),
    ...Array.from({ length: details.reminders }, (_, index) =>
      dm(`remind:${index}`, isOwed ? `Reminder ${index + 1} of 3. ${text}` : text),
    ),
    ...justificationCard(request, names, isOwed),
  ];
}

/** The newest; the justification itself is never pushed out by them. */
const MOST_AMENDMENTS = 4;

const written = (what: string, { at, text }: Justification['details']['texts'][number]) =>
  section(`*${what}* · ${when(at)}\n${quotedValue(text, 1_500)}`);

/** What those who watch read, once there is something to read or to miss. */
function justificationCard(request: Justification, names: Names, isOwed: boolean): Surface[] {
  const { details } = request;
  if (isOwed && details.overdueAt === null) return [];
  const who = names.mention(request.requester);
  const system = inlineValue(names.system(details.system), 100);
  const late = details.overdueAt === null ? '' : ` Overdue since ${due(details.overdueAt)}.`;
  const text = isOwed
    ? `${who} has not justified the use of break-glass on *${system}*.${late} They cannot use it again before they do.`
    : `${who} justified the use of break-glass on *${system}*.${late}`;
  const [first, ...amendments] = details.texts;
  const given = [
    ...(first === undefined ? [] : [written('Justification', first)]),
    ...amendments.slice(-MOST_AMENDMENTS).map((one) => written('Amendment', one)),
  ];
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
