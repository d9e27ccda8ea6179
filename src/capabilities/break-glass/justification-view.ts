import { actions, button, header, inlineValue, message, quotedValue, section } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Names, Surface } from '../define.js';
import { toPerson } from '../lines.js';
import { due, when } from '../wording.js';
import { ACTIONS } from './actions.js';
import { standInSeal } from './record.js';
import type { Justification } from './schemas.js';

/** What its user is asked for, and what those who watch read of it. */
export function justificationSurfaces(request: Justification, names: Names): Surface[] {
  const { details, state } = request;
  if (state === 'justification_waiting' || state === 'dropped') return [];
  const isOwed = owes(request);
  const system = inlineValue(names.system(details.system), 100);
  const text = isOwed
    ? `Write down why you used break-glass on *${system}*, until ${due(details.deadline)}. ${details.overdueAt === null ? 'Without it you cannot use it again.' : '*This is overdue*: you cannot use break-glass until it is given.'}`
    : `You justified your break-glass use of *${system}*.${details.overdueAt === null ? '' : ' It came late, and the ledger says so.'} What comes to mind later is added beside it.`;
  const dm = (name: string, words: string): Surface =>
    toPerson(name, request.requester, words, isOwed ? [justificationButton(request, `dm:${name}`)] : []);
  return [
    isOwed ? dm('justify', text) : toPerson('justify', request.requester, text, [amendButton(request)]),
    ...Array.from({ length: details.reminders }, (_, index) =>
      dm(`remind:${index}`, isOwed ? `Reminder ${index + 1} of 3. ${text}` : text),
    ),
    ...justificationCard(request, names),
  ];
}

const owes = ({ state }: Justification): boolean =>
  state !== 'justification_given' && state !== 'justification_closed';

/** The newest; the justification itself is never pushed out by them. */
const MOST_AMENDMENTS = 4;

const written = (what: string, { at, text }: Justification['details']['texts'][number]) =>
  section(`*${what}* · ${when(at)}\n${quotedValue(text, 1_500)}`);

/** What those who watch read, once there is something to read or to miss. */
function justificationCard(request: Justification, names: Names): Surface[] {
  const { details } = request;
  if (owes(request) && details.overdueAt === null) return [];
  const [first, ...amendments] = details.texts;
  const given = [
    ...(first === undefined ? [] : [written('Justification', first)]),
    ...amendments.slice(-MOST_AMENDMENTS).map((one) => written('Amendment', one)),
  ];
  const text = standing(request, names);
  return [
    {
      name: 'card',
      at: { channel: 'codex-hps' },
      ...message(text, [
        header(`Justification · #${request.number}`),
        section(text),
        ...given,
        ...standInBlocks(request, names, 'card'),
      ]),
    },
  ];
}

export function standing(request: Justification, names: Names): string {
  const { requester, details, state } = request;
  const who = names.mention(requester);
  const system = inlineValue(names.system(details.system), 100);
  const late = details.overdueAt === null ? '' : ` Overdue since ${due(details.overdueAt)}.`;
  if (!owes(request)) return `${who} justified the use of break-glass on *${system}*.${late}`;
  const missing = `${who} has not justified the use of break-glass on *${system}*.${late} They cannot use it again before they do.`;
  return state === 'justification_overdue'
    ? `${missing} If they have left or are frozen, security and Codex-HPS record it without them: in their App Home.`
    : missing;
}

/** Words of others, never to be taken for the user's own; the button while they wait for a second person. */
export function standInBlocks(request: Justification, names: Names, place: string) {
  const { standIn } = request.details;
  if (standIn === null) return [];
  const { by, at, text, confirmed } = standIn;
  const agreed =
    confirmed === null
      ? 'not confirmed yet by somebody else of security or Codex-HPS'
      : `confirmed by ${names.mention(confirmed.by)} ${when(confirmed.at)}`;
  return [
    section(
      `*Written by ${names.mention(by)} in place of ${names.mention(request.requester)}* · ${when(at)} · ${agreed}\n${quotedValue(text, 1_500)}`,
    ),
    ...(request.state === 'justification_overdue' && confirmed === null
      ? [
          actions(`break-glass-${request.id}-${request.version}-${place}-confirm`, [
            button({
              text: 'Confirm Record',
              actionId: ACTIONS.confirmStandIn,
              value: buttonValue({ id: request.id, details: { seal: standInSeal(standIn) } }),
              label: `Confirm the record of justification ${request.number}`,
            }),
          ]),
        ]
      : []),
  ];
}

export const standInButton = (request: Justification, place: string) =>
  actions(`break-glass-${request.id}-${request.version}-${place}-stand-in`, [
    button({
      text: 'Record Without the User',
      actionId: ACTIONS.standIn,
      value: buttonValue(request),
      label: `Record justification ${request.number} without its user`,
    }),
  ]);

const amendButton = (request: Justification) =>
  actions(`break-glass-${request.id}-${request.version}-amend`, [
    button({
      text: 'Amend',
      actionId: ACTIONS.justify,
      value: buttonValue(request),
      label: `Amend justification ${request.number}`,
    }),
  ]);

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
