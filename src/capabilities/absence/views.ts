import { actions, button, quotedValue, section } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Gist, Names, Surface } from '../define.js';
import { toPerson } from '../lines.js';
import { due, when } from '../wording.js';
import type { AwayRequest } from './schemas.js';

export const ACTIONS = { back: 'absence.back' } as const;

/** A message to whoever is away, and one to whom they named. Pure, and total over states (rule 14). */
export function surfaces(request: AwayRequest, names: Names): Surface[] {
  const { delegate } = request.details;
  const own = awayLine(request, names);
  const back = request.state === 'away' ? [backButton(request)] : [];
  return [
    toPerson('away', request.subject, own, back),
    ...(delegate === null ? [] : [delegateSurface(request, delegate, names)]),
  ];
}

export function awayLine({ state, details }: AwayRequest, names: Names): string {
  if (state === 'over') return `You are asked to approve again, since ${when(details.endedAt)}.`;
  const instead = details.delegate === null ? 'Others' : `${names.mention(details.delegate)} and others`;
  return `You are away until ${due(details.until)}. ${instead} are asked to approve before you; you can still decide.`;
}

function delegateSurface(
  request: AwayRequest,
  delegate: NonNullable<AwayRequest['details']['delegate']>,
  names: Names,
): Surface {
  const person = names.mention(request.subject);
  const text =
    request.state === 'away'
      ? `${person} is away until ${due(request.details.until)} and named you: you are asked to approve in their place. You may decide on what you could decide on before, and nothing else.`
      : `${person} is back. You no longer stand in for them.`;
  const { note } = request.details;
  const said = note === '' ? [] : [section(quotedValue(note, 500))];
  return toPerson('delegate', delegate, text, said);
}

export const backButton = (request: AwayRequest) =>
  actions(`absence-${request.id}-${request.version}`, [
    button({
      text: "I'm Back",
      actionId: ACTIONS.back,
      value: buttonValue(request),
      label: 'End your absence now',
    }),
  ]);

export const gist = ({ state, details }: AwayRequest, names: Names): Gist => ({
  what: `away until ${when(details.until)}, ${details.delegate === null ? 'nobody' : names.mention(details.delegate)} named to stand in`,
  status: state === 'away' ? 'In force.' : `Over since ${when(details.endedAt)}.`,
  words: details.note,
});
