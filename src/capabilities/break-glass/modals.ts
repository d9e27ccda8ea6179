import { context, input, modal, option, plainTextInput, section, staticSelect } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Values } from '../define.js';
import { MODALS } from './actions.js';
import { type Justification, RECORD_SEVERITIES, type Review } from './schemas.js';

/** Slack shows a hundred blocks. */
const MOST_LINES = 90;

/** The form in place of the credential for whoever owes one, and for amendments. */
export function justifyModal(request: Justification, why: string) {
  const { texts } = request.details;
  return modal({
    callbackId: MODALS.justify,
    title: texts.length === 0 ? 'Justify The Use' : 'Amend',
    submit: 'Submit',
    privateMetadata: buttonValue(request),
    blocks: [
      section(why),
      input({
        blockId: 'text',
        label: texts.length === 0 ? 'Justification' : 'Amendment',
        hint: 'Why it was needed, what you did, what you touched. It stays; later words are added beside it. No secrets.',
        element: plainTextInput({ actionId: 'text', multiline: true, maxLength: 2_000 }),
      }),
    ],
  });
}

/** For those who watch, where the user is gone. */
export const standInModal = (request: Justification) =>
  modal({
    callbackId: MODALS.standIn,
    title: 'Record Without the User',
    submit: 'Record',
    privateMetadata: buttonValue(request),
    blocks: [
      section(
        'The user is gone and never justified this use. Write that down and what is known instead; it counts once somebody else of security or Codex-HPS confirms it. The use stays overdue, and should its user come back, they still owe their own words.',
      ),
      input({
        blockId: 'text',
        label: 'What is known',
        hint: 'Why there is no justification, what was done and touched, and how you know. No secrets.',
        element: plainTextInput({
          actionId: 'text',
          multiline: true,
          maxLength: 2_000,
          ...(request.details.standIn !== null && { initial: request.details.standIn.text }),
        }),
      }),
    ],
  });

export const ownWordsModal = (request: Justification) => justifyModal(request, 'Write it in your own words.');

/** The incident record, field by field as the security policy names them. */
export function reviewModal(request: Review) {
  const { record } = request.details;
  const text = (blockId: 'description' | 'impact' | 'remediation' | 'prevention', hint: string) =>
    input({
      blockId,
      label: blockId,
      hint,
      element: plainTextInput({
        actionId: blockId,
        multiline: true,
        maxLength: 2_000,
        initial: record[blockId],
      }),
    });
  return modal({
    callbackId: MODALS.review,
    title: 'Post-Incident Review',
    submit: 'Save',
    privateMetadata: buttonValue(request),
    blocks: [
      input({
        blockId: 'severity',
        label: 'severity',
        element: staticSelect({
          actionId: 'severity',
          options: RECORD_SEVERITIES.map((one) => option(one, one)),
          initialValue: record.severity,
        }),
      }),
      input({
        blockId: 'detectedAt',
        label: 'detected_at',
        hint: 'UTC, like 2026-01-31T09:40Z.',
        element: plainTextInput({ actionId: 'detectedAt', maxLength: 30, initial: record.detectedAt }),
      }),
      text('description', 'What happened.'),
      text('impact', 'What was affected.'),
      text('remediation', 'What was done.'),
      text('prevention', 'How to prevent recurrence.'),
    ],
  });
}

const WORDS = { added: 'New', removed: 'Gone', more: 'And' } as const;
const VERDICTS = [option('Accepted', 'accepted'), option('Undone', 'undone')];

/** One choice a line that is still open, from line `from` on; those before it come again when it is opened anew. */
export function differencesModal(request: Review, from = 0) {
  const { drift } = request.details;
  const open = (drift ?? []).flatMap((line, index) =>
    line.settled === null && index >= from ? [{ ...line, index }] : [],
  );
  const shown = open.slice(0, MOST_LINES);
  if (shown.length === 0)
    return modal({
      callbackId: MODALS.differences,
      title: 'Differences',
      blocks: [
        section(
          drift === null
            ? 'What stayed behind is known once the rotation is proved.'
            : 'Nothing is open here.',
        ),
      ],
    });
  const verdict = (blockId: string, label: string) =>
    input({
      blockId,
      label,
      optional: true,
      element: staticSelect({ actionId: 'verdict', options: VERDICTS }),
    });
  return modal({
    callbackId: MODALS.differences,
    title: 'Differences',
    submit: 'Settle',
    privateMetadata: buttonValue(request),
    blocks: [
      section('*Accepted*: it is meant to stay. *Undone*: you took it away at the target.'),
      ...shown.map(({ change, line, index }) => verdict(`line-${index}`, `${WORDS[change]}: ${line}`)),
      ...(shown.length > 1 ? [verdict('others', 'Every line above that you chose nothing for')] : []),
      ...(open.length > shown.length ? [context(`${open.length - shown.length} more come next.`)] : []),
    ],
  });
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
