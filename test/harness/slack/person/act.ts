import { z } from 'zod';
import type { Parts } from '../parts.js';
import { Json, Values } from '../shapes.js';
import { envelope, messageAction, viewAction, withState } from './payloads.js';

/** A click or a choice, as the UI's `block_action` frame and `/_control/interact` send it. */
export const Click = z.looseObject({
  user: z.string(),
  channel: z.string().default(''),
  messageTs: z.string().default(''),
  action: Json,
  /** What the person has entered in the view so far. */
  values: Values.default({}),
});
export type Click = z.infer<typeof Click>;

/** A person clicks: in a message, else in their top modal, else in their App Home. */
export async function act(parts: Parts, click: Click): Promise<void> {
  const payload = payloadOf(parts, click);
  if (!payload) return;
  parts.journal.add('to_bot', 'interactive', `block_actions ${String(click.action['action_id'])}`, payload);
  const answer = await parts.delivery.deliver('interactive', payload);
  if (answer.status === 'acked') return;
  const channel = click.channel;
  if (channel) parts.mirror.remark(channel, click.user, 'This app did not respond to your click. Try again?');
}

function payloadOf(parts: Parts, click: Click): Json | undefined {
  const { user, channel, messageTs, action, values } = click;
  if (channel && messageTs) {
    return messageAction(parts, {
      user,
      channel,
      messageTs,
      action,
      message: parts.mirror.find(channel, messageTs),
    });
  }
  const view = parts.views.stack(user).at(-1) ?? parts.views.home(user);
  return view && viewAction(parts, { user, view, action, entered: values });
}

/** A person chooses a message shortcut of the app from a message's menu. */
export const Shortcut = z.looseObject({
  user: z.string(),
  channel: z.string(),
  messageTs: z.string(),
  callbackId: z.string(),
});
export type Shortcut = z.infer<typeof Shortcut>;

/** Sends a message shortcut; nothing happens when the message is gone. */
export async function takeShortcut(parts: Parts, taken: Shortcut): Promise<void> {
  const { user, channel, messageTs, callbackId } = taken;
  const message = parts.mirror.find(channel, messageTs);
  if (!message) return;
  const payload = {
    type: 'message_action',
    ...envelope(parts, user),
    callback_id: callbackId,
    action_ts: (Date.now() / 1000).toFixed(6),
    channel: { id: channel, name: parts.mirror.channel(channel)?.name ?? channel },
    message_ts: messageTs,
    message,
    response_url: parts.responseUrls.mint({ channel, user, messageTs }),
  };
  parts.journal.add('to_bot', 'interactive', `message_action ${callbackId}`, payload);
  const answer = await parts.delivery.deliver('interactive', payload);
  if (answer.status !== 'acked')
    parts.mirror.remark(channel, user, 'This app did not respond to your shortcut. Try again?');
}

/** A person types into an `external_select`: what they typed, and where. */
export const Search = z.looseObject({
  user: z.string(),
  block_id: z.string(),
  action_id: z.string(),
  value: z.string().default(''),
  values: Values.default({}),
});
export type Search = z.infer<typeof Search>;

const Suggestions = z.looseObject({
  options: z.array(Json).exactOptional(),
  option_groups: z.array(Json).exactOptional(),
});
export type Suggestions = z.infer<typeof Suggestions>;

/** Asks the app for options. More than Slack's 100 is a violation and shows none. */
export async function suggest(parts: Parts, search: Search): Promise<Suggestions> {
  const { user, block_id: blockId, action_id: actionId, value } = search;
  const view = parts.views.stack(user).at(-1) ?? parts.views.home(user);
  if (!view) return { options: [] };
  const { trigger_id: _none, ...common } = envelope(parts, user);
  const payload = {
    type: 'block_suggestion',
    ...common,
    container: { type: 'view', view_id: view.id },
    view: withState(view, search.values),
    block_id: blockId,
    action_id: actionId,
    value,
  };
  parts.journal.add('to_bot', 'interactive', `block_suggestion ${actionId}`, payload);
  const answer = await parts.delivery.deliver('interactive', payload);
  const suggestions = Suggestions.safeParse(answer.status === 'acked' ? answer.payload : undefined);
  if (!suggestions.success) return { options: [] };
  if ((suggestions.data.options?.length ?? 0) <= 100) return suggestions.data;
  parts.violations.record('block_suggestion', 'more_than_100_options');
  return { options: [] };
}
