import {
  context,
  inlineValue,
  input,
  modal,
  option,
  plainTextInput,
  section,
  staticSelect,
} from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import { MODALS } from './actions.js';
import { type Justification, RECORD_SEVERITIES, type Review } from './schemas.js';

const MOST_LINES = 20;

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

/** One choice a line that is still open. */
export function differencesModal(request: Review) {
  const open = (request.details.drift ?? []).flatMap((line, index) =>
    line.settled === null ? [{ ...line, index }] : [],
  );
  if (open.length === 0)
    return modal({
      callbackId: MODALS.differences,
      title: 'Differences',
      blocks: [
        section(
          request.details.drift === null
            ? 'What stayed behind is known once the rotation is proved.'
            : 'Nothing is open here.',
        ),
      ],
    });
  return modal({
    callbackId: MODALS.differences,
    title: 'Differences',
    submit: 'Settle',
    privateMetadata: buttonValue(request),
    blocks: [
      section('*Accepted*: it is meant to stay. *Undone*: you took it away at the target.'),
      ...open.slice(0, MOST_LINES).flatMap(({ change, line, index }) => [
        section(`${change === 'added' ? 'New' : 'Gone'}: ${inlineValue(line, 600)}`),
        input({
          blockId: `line-${index}`,
          label: 'Verdict',
          optional: true,
          element: staticSelect({
            actionId: 'verdict',
            options: [option('Accepted', 'accepted'), option('Undone', 'undone')],
          }),
        }),
      ]),
      ...(open.length > MOST_LINES ? [context(`${open.length - MOST_LINES} more come next.`)] : []),
    ],
  });
}
