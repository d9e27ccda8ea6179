import { input, modal, numberInput, plainTextInput } from '../../blocks/index.js';
import { DEFAULT_DAYS, MAXIMUM_DAYS } from './schemas.js';

export const ASK_MODAL = 'auditor-token.ask';

/** `/audit-token [days] <purpose>` → the form, prefilled. A first word that is no number begins the purpose. */
export function askModal(text: string) {
  const [, number, rest] = /^\s*(?:(\d{1,4})d?(?:\s+|$))?([\s\S]*)$/u.exec(text) ?? [];
  const purpose = (rest ?? '').trim();
  const days = Math.min(Math.max(Number(number ?? DEFAULT_DAYS), 1), MAXIMUM_DAYS);
  return modal({
    callbackId: ASK_MODAL,
    title: 'Request Token',
    submit: 'Submit',
    blocks: [
      input({
        blockId: 'days',
        label: 'Days',
        hint: `The token expires this long after it is shown to you; at most ${MAXIMUM_DAYS} days.`,
        element: numberInput({ actionId: 'days', initial: days, min: 1, max: MAXIMUM_DAYS }),
      }),
      input({
        blockId: 'purpose',
        label: 'Purpose',
        hint: 'Somebody of security reads this. Say what you will read and why; at least 10 characters, no secrets.',
        element: plainTextInput({
          actionId: 'purpose',
          multiline: true,
          maxLength: 2_000,
          ...(purpose === '' ? {} : { initial: purpose }),
        }),
      }),
    ],
  });
}
