import { input as inputBlock, modal, plainTextInput } from '../../blocks/index.js';
import { RequestId } from '../../core/tenant.js';
import type { SlackAnswer, SlackHandlers } from '../define.js';
import { approve } from './approve.js';
import { ASK_MODAL, askModal } from './ask-modal.js';
import { showCredential } from './credential-modal.js';
import { deny } from './deny.js';
import { draftFrom } from './draft.js';
import { end } from './end.js';
import { requestElevation } from './request.js';
import { AskInput } from './schemas.js';
import { ACTIONS } from './views.js';

const DENY_MODAL = 'elevation.deny_reason';

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
    {
      actionId: ACTIONS.approve,
      run: async (context, call) => {
        const button = parseButton(call.value);
        return button === null
          ? STALE
          : privately(await approve(context, button.id, { ...call, seal: button.seal }));
      },
    },
    {
      actionId: ACTIONS.deny,
      run: async (_context, call) =>
        parseButton(call.value) === null ? STALE : { show: 'modal', view: denyModal(call.value) },
    },
    {
      actionId: ACTIONS.show,
      run: async (context, call) => {
        const button = parseButton(call.value);
        return button === null ? STALE : showCredential(context, button.id, call);
      },
    },
    {
      actionId: ACTIONS.end,
      run: async (context, call) => {
        const button = parseButton(call.value);
        return button === null ? STALE : privately(await end(context, button.id, call));
      },
    },
  ],
  submissions: [
    { callbackId: ASK_MODAL, run: (context, call) => submitAsk(context, call) },
    {
      callbackId: DENY_MODAL,
      run: async (context, call) => {
        const button = parseButton(call.metadata);
        if (button === null) return STALE;
        const outcome = await deny(context, button.id, {
          ...call,
          seal: button.seal,
          reason: call.values['reason'] ?? '',
        });
        return outcome.ok || outcome.code === 'input_seen'
          ? NOTHING
          : { show: 'errors', errors: { reason: outcome.message } };
      },
    },
  ],
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
  if (outcome.ok || outcome.code === 'input_seen') return NOTHING;
  const told = 'reasons' in outcome ? outcome.reasons : [];
  const reasons = told.length > 0 ? told : [{ rule: outcome.code, message: outcome.message }];
  return { show: 'errors', errors: refusalErrors(reasons) };
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

/** Every reason of a refusal, each under the field it is about. */
function refusalErrors(reasons: readonly { rule: string; message: string }[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { rule, message } of reasons) {
    const field = fieldFor(rule);
    errors[field] = errors[field] === undefined ? message : `${errors[field]} ${message}`;
  }
  return errors;
}

function fieldFor(rule: string): string {
  if (rule.includes('duration')) return 'duration';
  return rule.includes('reason') ? 'reason' : 'target';
}

/** Buttons carry the request and the sealed terms they were drawn for. */
function parseButton(value: string): { id: RequestId; seal: string } | null {
  const [id, seal] = value.split(':');
  const parsed = RequestId.safeParse(id);
  return parsed.success && seal !== undefined ? { id: parsed.data, seal } : null;
}

const NOTHING: SlackAnswer = { show: 'nothing' };
const STALE: SlackAnswer = {
  show: 'private',
  text: 'That button is not one of ours. Open the request again and use its buttons.',
};

const privately = (outcome: { ok: true } | { ok: false; code: string; message: string }): SlackAnswer =>
  outcome.ok || outcome.code === 'input_seen' ? NOTHING : { show: 'private', text: outcome.message };

const denyModal = (metadata: string) =>
  modal({
    callbackId: DENY_MODAL,
    title: 'Deny Request',
    submit: 'Deny',
    privateMetadata: metadata,
    blocks: [
      inputBlock({
        blockId: 'reason',
        label: 'Reason',
        hint: 'The requester reads this.',
        element: plainTextInput({ actionId: 'reason', multiline: true, minLength: 1, maxLength: 900 }),
      }),
    ],
  });
