import { onButton, privately, underFields } from '../button.js';
import type { SlackAnswer, SlackHandlers } from '../define.js';
import { voteHandlers } from '../vote-controls.js';
import { approve } from './approve.js';
import { ASK_MODAL, askModal } from './ask-modal.js';
import { showCredential } from './credential-modal.js';
import { deny } from './deny.js';
import { draftFrom } from './draft.js';
import { end } from './end.js';
import { requestElevation } from './request.js';
import { AskInput } from './schemas.js';
import { NAME } from './stored.js';
import { ACTIONS } from './views.js';

const votes = voteHandlers(NAME, { approve, deny });

export const slack: SlackHandlers = {
  commands: [
    {
      name: '/elevate',
      run: async (context, call) => ({
        show: 'modal',
        view: askModal(context, call.by, draftFrom(context, call.by, call.text)),
      }),
    },
  ],
  actions: [
    ...votes.actions,
    onButton(ACTIONS.show, showCredential),
    onButton(ACTIONS.end, async (context, id, call) => privately(await end(context, id, call))),
  ],
  submissions: [{ callbackId: ASK_MODAL, run: submitAsk }, ...votes.submissions],
};

async function submitAsk(
  ...[context, call]: Parameters<SlackHandlers['submissions'][number]['run']>
): Promise<SlackAnswer> {
  const [system, scope] = (call.values['target'] ?? '').split('/');
  const parsed = AskInput.safeParse({
    system,
    scope,
    durationMinutes: Number(call.values['duration']),
    reason: call.values['reason'] ?? '',
  });
  if (!parsed.success) return { show: 'errors', errors: formErrors(parsed.error.issues) };
  const outcome = await requestElevation(context, { by: call.by, input: call.input, asked: parsed.data });
  return underFields(outcome, fieldFor);
}

const FIELDS: Record<string, string> = { durationMinutes: 'duration', reason: 'reason' };
const HINTS: Record<string, string> = {
  target: 'Choose a system and scope.',
  duration: 'Give whole minutes, at least 1.',
};

function formErrors(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const issue of issues) {
    const field = FIELDS[String(issue.path[0])] ?? 'target';
    errors[field] ??= HINTS[field] ?? issue.message;
  }
  return errors;
}

function fieldFor(rule: string): string {
  if (rule.includes('duration')) return 'duration';
  return rule.includes('reason') ? 'reason' : 'target';
}
