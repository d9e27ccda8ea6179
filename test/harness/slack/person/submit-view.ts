import { z } from 'zod';
import type { Parts } from '../parts.js';
import type { Values, View } from '../shapes.js';
import { entryErrors, stateValues } from '../values.js';
import { envelope, withState } from './payloads.js';

const NO_ANSWER = 'We had some trouble connecting. Try again?';

const ViewAnswer = z.discriminatedUnion('response_action', [
  z.looseObject({ response_action: z.undefined().optional() }),
  z.object({ response_action: z.literal('clear') }),
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string().min(1)) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
]);

/** Views whose submission the app has not answered yet: Slack's client disables Submit meanwhile. */
export type Submitting = Set<string>;

/** A person presses Submit on their top view. What Slack's client would refuse never reaches the app. */
export async function submitView(
  parts: Parts,
  submitting: Submitting,
  user: string,
  entered: Values,
): Promise<void> {
  const top = parts.views.stack(user).at(-1);
  if (!top || submitting.has(top.id)) return;
  const view = withState(top, entered);
  const errors = entryErrors(top, stateValues(top, entered));
  if (Object.keys(errors).length > 0) return showErrors(parts, user, errors);

  submitting.add(top.id);
  try {
    const payload = { type: 'view_submission', ...envelope(parts, user), view, response_urls: [] };
    parts.journal.add('to_bot', 'interactive', `view_submission ${top.callback_id ?? ''}`, payload);
    const answer = await parts.delivery.deliver('interactive', payload);
    if (answer.status !== 'acked' || parts.faults.next('view_submission') !== undefined)
      return showErrors(parts, user, { '': NO_ANSWER });
    parts.journal.add('from_bot', 'ack', 'view_submission', answer.payload);
    applyAnswer(parts, user, top, answer.payload);
  } finally {
    submitting.delete(top.id);
  }
}

/** The person presses Cancel, the cross or Esc. */
export async function closeView(parts: Parts, user: string): Promise<void> {
  const top = parts.views.stack(user).at(-1);
  if (!top) return;
  if (top.clear_on_close) parts.views.clear(user);
  else parts.views.pop(user);
  if (!top.notify_on_close) return;
  const { trigger_id: _none, ...common } = envelope(parts, user);
  const payload = { type: 'view_closed', ...common, view: top, is_cleared: top.clear_on_close === true };
  parts.journal.add('to_bot', 'interactive', `view_closed ${top.callback_id ?? ''}`, payload);
  await parts.delivery.deliver('interactive', payload);
}

function applyAnswer(parts: Parts, user: string, submitted: View, payload: unknown): void {
  const { views } = parts;
  const answer = ViewAnswer.safeParse(payload ?? { response_action: undefined });
  if (!answer.success) {
    parts.violations.record('view_submission', 'invalid_response_action');
    showErrors(parts, user, { '': NO_ANSWER });
    return;
  }
  switch (answer.data.response_action) {
    case undefined:
      // The app may have pushed meanwhile: only the submitted view goes.
      if (views.stack(user).at(-1)?.id === submitted.id) views.pop(user);
      break;
    case 'clear':
      views.clear(user);
      break;
    case 'errors':
      showAppErrors(parts, user, submitted, answer.data.errors);
      break;
    case 'update':
    case 'push':
      showNext(parts, user, submitted, answer.data);
      break;
  }
}

function showNext(
  parts: Parts,
  user: string,
  submitted: View,
  next: { response_action: 'update' | 'push'; view: unknown },
): void {
  const problems = parts.violations.check(`view_submission ${next.response_action}`, { view: next.view });
  const shown =
    problems.length === 0 &&
    (next.response_action === 'update'
      ? parts.views.update({ view_id: submitted.id }, next.view).ok
      : parts.views.push(user, next.view).ok);
  if (!shown) showErrors(parts, user, { '': NO_ANSWER });
}

/** Slack ignores errors for anything but the view's input blocks; here that is a violation. */
function showAppErrors(parts: Parts, user: string, view: View, errors: Record<string, string>): void {
  const inputs = new Set(
    view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id),
  );
  const strangers = Object.keys(errors).filter((blockId) => !inputs.has(blockId));
  if (strangers.length > 0)
    parts.violations.record('view_submission', `errors_for_no_input ${strangers.join(' ')}`);
  showErrors(parts, user, errors);
}

function showErrors(parts: Parts, user: string, errors: Record<string, string>): void {
  parts.feed.publish({ t: 'view_errors', user, errors });
}
