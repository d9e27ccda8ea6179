import { input, modal, plainTextInput } from '../../blocks/index.js';
import { NOTHING, onModalButton, parseButton, STALE } from '../button.js';
import type { SlackHandlers } from '../define.js';
import { end } from './end.js';
import { ACTIONS } from './living-views.js';

const REVOKE_MODAL = 'elevation.revoke';

/** Revoke asks an approver or security why; the holder reads it. */
export const revoking: Pick<SlackHandlers, 'actions' | 'submissions'> = {
  actions: [
    onModalButton(ACTIONS.revoke, (_context, _id, call) => ({
      show: 'modal',
      view: revokeModal(call.value),
    })),
  ],
  submissions: [
    {
      callbackId: REVOKE_MODAL,
      run: async (context, call) => {
        const button = parseButton(call.metadata);
        if (button === null) return STALE;
        const outcome = await end(context, button.id, { ...call, why: call.values['why'] ?? '' });
        return outcome.ok || outcome.code === 'input_seen'
          ? NOTHING
          : { show: 'errors', errors: { why: outcome.message } };
      },
    },
  ],
};

const revokeModal = (metadata: string) =>
  modal({
    callbackId: REVOKE_MODAL,
    title: 'Revoke Access',
    submit: 'Revoke',
    privateMetadata: metadata,
    blocks: [
      input({
        blockId: 'why',
        label: 'Reason',
        hint: 'Its holder reads this. Open sessions are closed at once.',
        element: plainTextInput({ actionId: 'why', multiline: true, minLength: 1, maxLength: 900 }),
      }),
    ],
  });
