import { parseDuration } from '../../intake/index.js';
import { bestMatches } from '../best-matches.js';
import { onButton, privately, underFields } from '../button.js';
import type { SlackAnswer, SlackHandlers, SubmissionCall, VerbContext } from '../define.js';
import { fieldErrors } from '../forms.js';
import { AWAY_MODAL, awayModal, DELEGATE, delegateChosen, delegatesOf } from './away-modal.js';
import { begin } from './begin.js';
import { end } from './end.js';
import { AwayInput } from './schemas.js';
import { ACTIONS } from './views.js';

export const slack: SlackHandlers = {
  commands: [
    {
      name: '/away',
      opensModal: () => true,
      run: async (context, call) => ({ show: 'modal', view: awayModal(context, call.by, call.text) }),
    },
  ],
  options: [
    {
      actionId: DELEGATE,
      run: async (context, { by, query }) => bestMatches(delegatesOf(context, by), query),
    },
  ],
  actions: [onButton(ACTIONS.back, async (context, id, call) => privately(await end(context, id, call)))],
  submissions: [{ callbackId: AWAY_MODAL, run: submitAway }],
};

async function submitAway(context: VerbContext, call: SubmissionCall): Promise<SlackAnswer> {
  const asked = AwayInput.safeParse({
    minutes: parseDuration((call.values['time'] ?? '').trim()),
    delegate: delegateChosen(call.values['delegate'] ?? null),
    note: call.values['note'] ?? '',
  });
  if (!asked.success) return { show: 'errors', errors: fieldErrors(asked.error.issues, PLACES) };
  const outcome = await begin(context, { ...call, asked: asked.data });
  if (!outcome.ok && outcome.code === 'handle_taken')
    return { show: 'errors', errors: { time: 'You are away already. Press “I’m Back” first.' } };
  return underFields(outcome, fieldOf);
}

const fieldOf = (rule: string): string =>
  ['delegate', 'note'].find((field) => rule.includes(field)) ?? 'time';

const PLACES = {
  fields: { minutes: 'time' },
  hints: { time: 'Say how long, like 4h or 3d, and at most 60d.' },
};
