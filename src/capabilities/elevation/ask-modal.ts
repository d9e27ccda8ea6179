import {
  input,
  modal,
  numberInput,
  option,
  plainTextInput,
  section,
  staticSelect,
} from '../../blocks/index.js';
import type { VerbContext } from '../define.js';
import { requestableScopes } from './offer.js';

export const ASK_MODAL = 'elevation.ask';

/** A year: the form's own bound. Slack refuses a form prefilled beyond it. */
const MAXIMUM_MINUTES = 525_600;

export interface Draft {
  target: string | null;
  durationMinutes: number;
  reason: string;
  /** What of the typed text was not understood, in a sentence. */
  unclear: string | null;
}

/** The request form, prefilled from what was typed. System and scope are one choice: no pair that does not exist can be made. */
export function askModal(
  context: Pick<VerbContext, 'policy'>,
  by: Parameters<typeof requestableScopes>[1],
  draft: Draft,
) {
  const offered = requestableScopes(context, by);
  if (offered.length === 0)
    return modal({
      callbackId: ASK_MODAL,
      title: 'Request Access',
      blocks: [
        section(
          'None of your roles may ask for access to a system. The owner of a system can let one of them in `policies/systems/`.',
        ),
      ],
    });
  const options = offered.slice(0, 100).map((scope) => option(scope.label, scope.target));
  const chosen = offered.some((scope) => scope.target === draft.target) ? draft.target : null;
  return modal({
    callbackId: ASK_MODAL,
    title: 'Request Access',
    submit: 'Submit',
    blocks: [
      ...(draft.unclear === null ? [] : [section(draft.unclear)]),
      input({
        blockId: 'target',
        label: 'System and scope',
        element: staticSelect({
          actionId: 'target',
          options,
          ...(chosen === null ? {} : { initialValue: chosen }),
        }),
      }),
      input({
        blockId: 'duration',
        label: 'Minutes',
        hint: 'Access ends by itself after this long. Each system has its maximum.',
        element: numberInput({
          actionId: 'duration',
          initial: Math.min(draft.durationMinutes, MAXIMUM_MINUTES),
          min: 1,
          max: MAXIMUM_MINUTES,
        }),
      }),
      input({
        blockId: 'reason',
        label: 'Reason',
        hint: 'Approvers read this. Name the ticket or incident; at least 10 characters, no secrets.',
        element: plainTextInput({
          actionId: 'reason',
          multiline: true,
          maxLength: 2_000,
          ...(draft.reason === '' ? {} : { initial: draft.reason }),
        }),
      }),
    ],
  });
}
