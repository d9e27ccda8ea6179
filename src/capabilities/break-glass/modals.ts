import { input, modal, option, plainTextInput, section, staticSelect } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import { MODALS } from './actions.js';
import { recordSeal } from './record.js';
import { type Justification, RECORD_SEVERITIES, type Review } from './schemas.js';

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
    privateMetadata: buttonValue({ id: request.id, details: { seal: recordSeal(record) } }),
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
