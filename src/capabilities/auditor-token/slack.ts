import { onButton, onModalButton, privately, underFields } from '../button.js';
import type { SlackAnswer, SlackHandlers, SubmissionCall, VerbContext } from '../define.js';
import { fieldErrors } from '../forms.js';
import { voteHandlers } from '../vote-controls.js';
import { approve } from './approve.js';
import { ASK_MODAL, askModal } from './ask-modal.js';
import { deny } from './deny.js';
import { requestToken } from './request.js';
import { revoke } from './revoke.js';
import { AskInput, MAXIMUM_DAYS } from './schemas.js';
import { NAME } from './stored.js';
import { tokenModal } from './token-modal.js';
import { ACTIONS } from './views.js';

const votes = voteHandlers(NAME, { approve, deny });

export const slack: SlackHandlers = {
  commands: [
    {
      name: '/audit-token',
      opensModal: () => true,
      run: async (_context, call) => ({ show: 'modal', view: askModal(call.text) }),
    },
  ],
  actions: [
    ...votes.actions,
    onModalButton(ACTIONS.show, tokenModal),
    onButton(ACTIONS.revoke, async (context, id, call) => privately(await revoke(context, id, call))),
  ],
  submissions: [{ callbackId: ASK_MODAL, run: submitAsk }, ...votes.submissions],
};

async function submitAsk(context: VerbContext, call: SubmissionCall): Promise<SlackAnswer> {
  const days = Number(call.values['days']);
  const parsed = AskInput.safeParse({ days, purpose: call.values['purpose'] ?? '' });
  if (!parsed.success)
    return { show: 'errors', errors: fieldErrors(parsed.error.issues, { hints: { days: WHOLE_DAYS } }) };
  const outcome = await requestToken(context, { by: call.by, input: call.input, asked: parsed.data });
  return underFields(outcome, (rule) => (rule.includes('days') ? 'days' : 'purpose'));
}

const WHOLE_DAYS = `Give whole days, from 1 to ${MAXIMUM_DAYS}.`;
