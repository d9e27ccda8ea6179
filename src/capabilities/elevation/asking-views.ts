import { actions, button } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Names, Surface } from '../define.js';
import { inThread, toPerson } from '../lines.js';
import { due, when } from '../wording.js';
import type { Elevation } from './schemas.js';
import { targetOf } from './target-of.js';

export const ASKING = {
  edit: 'elevation.edit',
  cancel: 'elevation.cancel',
} as const;

/** What whoever asked is told and can do while the asking is open, and what approvers hear of its edits. */
export const askingSurfaces = (request: Elevation, names: Names): Surface[] => [
  ...editSurfaces(request, names),
  ownSurface(request, names),
];

/** With this they see their number, and have at hand what only they may do. */
function ownSurface(request: Elevation, names: Names): Surface {
  const text = `Your request #${request.number}: ${targetOf(request, names)}. ${ownStatus(request)}`;
  return toPerson('asked', request.requester, text, askingButtons(request));
}

function ownStatus({ state, details }: Elevation): string {
  const { window } = details;
  if (window !== null && state !== 'cancelled' && state !== 'denied')
    return `Window #${window.number} lets it through, so nobody has to be asked.`;
  if (state === 'pending') return `It waits for approval until ${due(details.pendingUntil)}.`;
  if (state === 'approved' && details.startAt !== null)
    return `It is approved and begins ${due(details.startAt)}.`;
  return state === 'cancelled' ? 'It is cancelled.' : 'It is decided.';
}

/** Edit while nobody has decided; Cancel until the access begins. */
export function askingButtons(request: Elevation) {
  const { number, state } = request;
  const value = buttonValue(request);
  if (state !== 'pending' && state !== 'approved') return [];
  const edit = button({ text: 'Edit', actionId: ASKING.edit, value, label: `Edit request ${number}` });
  const cancel = button({
    text: 'Cancel Request',
    actionId: ASKING.cancel,
    value,
    label: `Cancel request ${number}`,
  });
  return [
    actions(
      `elevation-asking-${request.id}-${request.version}`,
      state === 'pending' ? [edit, cancel] : [cancel],
    ),
  ];
}

/** An edit is news to whoever had voted: they are named, so that they look again. */
const editSurfaces = (request: Elevation, names: Names): Surface[] =>
  request.details.edits.map(({ at, voided }, index): Surface => {
    const again =
      voided.length === 0
        ? ''
        : ` ${voided.map((person) => names.mention(person)).join(', ')}: your vote was on the earlier terms and no longer counts. Please look again.`;
    const text = `${names.mention(request.requester)} edited this request · ${when(at)}.${again}`;
    return inThread(`edited:${index + 1}`, text);
  });
