import { context, input, modal, option, section, staticSelect } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Values } from '../define.js';
import { MODALS } from './actions.js';
import type { Claim, NotGone, Review } from './schemas.js';

/** Slack shows a hundred blocks. */
const MOST_LINES = 90;

const WORDS = { added: 'New', removed: 'Gone', more: 'And' } as const;
const VERDICTS = [option('Accepted', 'accepted'), option('Undone', 'undone')];

const WHY_OPEN: Record<NotGone, string> = {
  standing: 'still stood at the target',
  unreachable: 'the target could not be asked. Choose it again later',
  unknown: 'the executor has no record to compare it with, so it can only be accepted',
};

/** What became of somebody's word that this line is undone. */
export const claimWords = ({ found }: Claim): string =>
  found === null ? 'called undone, being looked at' : `called undone, but ${WHY_OPEN[found]}`;

/**
 * One choice a line that is still open, from line `from` on; those before it come again when it is opened anew. `said`
 * stands above them.
 */
export function differencesModal(request: Review, { from = 0, said }: { from?: number; said?: string } = {}) {
  const open = openLines(request);
  const ahead = open.filter(({ index }) => index >= from);
  const shown = ahead.slice(0, MOST_LINES);
  const more = ahead.length - shown.length;
  const above = said === undefined ? [] : [section(said)];
  const base = { callbackId: MODALS.differences, title: 'Differences' };
  if (shown.length === 0)
    return modal({ ...base, blocks: [...above, section(nothingMore(request, open.length))] });
  return modal({
    ...base,
    submit: 'Settle',
    // Of this version: the same choice again, after a look found the line standing, is a new submission.
    privateMetadata: `${buttonValue(request)}:${request.version}`,
    blocks: [
      ...above,
      section(
        '*Accepted*: it is meant to stay. *Undone*: you took it away at the target, which is looked at before it counts.',
      ),
      ...shown.map(({ change, line, index, claim }) =>
        verdict(`line-${index}`, `${WORDS[change]}: ${line}`, claim),
      ),
      ...(shown.length > 1 ? [verdict('others', 'Every line above that you chose nothing for', null)] : []),
      ...(more > 0 ? [context(`${more} more come next.`)] : []),
    ],
  });
}

const openLines = ({ details }: Review) =>
  (details.drift ?? []).flatMap((line, index) => (line.settled === null ? [{ ...line, index }] : []));

const verdict = (blockId: string, label: string, claim: Claim | null) =>
  input({
    blockId,
    label,
    optional: true,
    ...(claim !== null && { hint: `${claimWords(claim)} (${claim.at.slice(0, 16).replace('T', ' ')} UTC)` }),
    element: staticSelect({ actionId: 'verdict', options: VERDICTS }),
  });

function nothingMore({ details }: Review, open: number): string {
  if (details.drift === null) return 'What stayed behind is known once the rotation is proved.';
  if (open > 0) return `${open} are open that you left for later: open this form again for them.`;
  return 'Every line is settled.';
}

const LINE = /^line-(\d+)$/;

/** What somebody chose in that form, by line; `others` is of the lines they were shown, and of no other. */
export function chosenIn(values: Values): {
  verdicts: Map<number, 'accepted' | 'undone'>;
  /** Where the next page begins. */
  next: number;
} {
  const lines = Object.entries(values).flatMap(([block, value]) => {
    const index = LINE.exec(block)?.[1];
    return index === undefined ? [] : [{ index: Number(index), value: value ?? values['others'] }];
  });
  return {
    verdicts: new Map(
      lines.flatMap(({ index, value }) =>
        value === 'accepted' || value === 'undone' ? [[index, value] as const] : [],
      ),
    ),
    next: Math.max(-1, ...lines.map(({ index }) => index)) + 1,
  };
}
