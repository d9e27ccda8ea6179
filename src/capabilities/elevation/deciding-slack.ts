import type { RequestId } from '../../core/tenant.js';
import { NOTHING, onButton, onModalButton, parseButton, privately, STALE } from '../button.js';
import type { SlackAnswer, SlackHandlers, SubmissionCall, VerbContext } from '../define.js';
import type { Ballot } from '../votes.js';
import { approve } from './approve.js';
import { answer, askMore } from './ask-more.js';
import {
  APPROVES,
  answerModal,
  approveModal,
  askMoreModal,
  MODALS,
  shortenModal,
} from './deciding-modals.js';
import { DECIDING } from './deciding-views.js';
import { shorten } from './shorten.js';
import { withdrawVote } from './withdraw-vote.js';

const show =
  (modalOf: (metadata: string) => ReturnType<typeof approveModal>) =>
  (_context: VerbContext, _id: RequestId, { value }: { value: string }): SlackAnswer => ({
    show: 'modal',
    view: modalOf(value),
  });

/** Everything approvers and requesters do about a decision beside plain Approve and Deny. */
export const decidingHandlers: Pick<SlackHandlers, 'actions' | 'submissions'> = {
  actions: [
    onModalButton(DECIDING.approveWith, show(approveModal)),
    onModalButton(DECIDING.shorten, show(shortenModal)),
    onModalButton(DECIDING.askMore, show(askMoreModal)),
    onModalButton(DECIDING.answer, show(answerModal)),
    onButton(DECIDING.withdraw, async (context, id, call) =>
      privately(await withdrawVote(context, id, call)),
    ),
  ],
  submissions: [
    onForm(MODALS.approveWith, 'text', (context, id, form) =>
      approve(context, id, { ...form, reason: form.values['text'] ?? '' }),
    ),
    onForm(MODALS.askMore, 'text', (context, id, form) =>
      askMore(context, id, { ...form, text: form.values['text'] ?? '' }),
    ),
    onForm(MODALS.answer, 'text', (context, id, form) =>
      answer(context, id, {
        ...form,
        question: Number(form.metadata.split(':')[2]),
        text: form.values['text'] ?? '',
      }),
    ),
    onForm(MODALS.shorten, 'minutes', (context, id, form) =>
      shorten(context, id, {
        ...form,
        minutes: Number(form.values['minutes']),
        approves: form.values['next'] === APPROVES,
      }),
    ),
  ],
};

type Verb = (
  context: VerbContext,
  id: RequestId,
  form: SubmissionCall & Ballot,
) => Promise<{ ok: true } | { ok: false; code: string; message: string }>;

/** A form whose metadata is the value of the button that opened it; a refusal stands under `field`. */
function onForm(callbackId: string, field: string, verb: Verb): SlackHandlers['submissions'][number] {
  return {
    callbackId,
    run: async (context, call) => {
      const button = parseButton(call.metadata);
      if (button === null) return STALE;
      const outcome = await verb(context, button.id, { ...call, seal: button.seal });
      return outcome.ok || outcome.code === 'input_seen'
        ? NOTHING
        : { show: 'errors', errors: { [field]: outcome.message } };
    },
  };
}
