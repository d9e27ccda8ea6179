import type { Parts } from '../parts.js';
import { Block, type Json, type Message, type Values, type View } from '../shapes.js';
import { stateValues } from '../values.js';

/** What every interaction payload says about the app, the workspace and the person. */
export function envelope(parts: Parts, user: string): Json {
  const { config, mirror } = parts;
  const name = mirror.users().find((each) => each.id === user)?.name ?? user;
  return {
    api_app_id: config.app.appId,
    token: 'verification-token',
    team: { id: config.workspace.teamId, domain: config.workspace.domain },
    user: { id: user, username: name, name, team_id: config.workspace.teamId },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: parts.triggers.mint(user),
  };
}

export function withState(view: View, entered: Values): View {
  return { ...view, state: { values: stateValues(view, entered) } };
}

/** The action as Slack reports it: what the person did, completed from the element as the app sent it. */
function completeAction(blocks: readonly Block[], action: Json): Json {
  const inBlocks = blocks.flatMap((block) =>
    [...(block.elements ?? []), block.accessory, block.element].map((element) => ({
      block,
      element: asJson(element),
    })),
  );
  const found = inBlocks.find(
    ({ block, element }) =>
      element['action_id'] === action['action_id'] &&
      (action['block_id'] === undefined || block.block_id === action['block_id']),
  );
  const element = found?.element ?? {};
  return {
    type: element['type'] ?? 'button',
    block_id: found?.block.block_id,
    ...(element['type'] === 'button' && { text: element['text'], value: element['value'] }),
    ...action,
    action_ts: (Date.now() / 1000).toFixed(6),
  };
}

/** A click in a message. `message` is missing when it was deleted meanwhile. */
export function messageAction(
  parts: Parts,
  click: { user: string; channel: string; messageTs: string; action: Json; message: Message | undefined },
): Json {
  const { user, channel, messageTs, message } = click;
  const isEphemeral = message?.subtype === 'ephemeral';
  return {
    type: 'block_actions',
    ...envelope(parts, user),
    container: { type: 'message', message_ts: messageTs, channel_id: channel, is_ephemeral: isEphemeral },
    channel: { id: channel, name: parts.mirror.channel(channel)?.name ?? channel },
    ...(message && !isEphemeral && { message }),
    state: { values: {} },
    response_url: parts.responseUrls.mint({
      channel,
      user,
      messageTs,
      ...(message?.thread_ts && { threadTs: message.thread_ts }),
    }),
    actions: [completeAction(message?.blocks ?? [], click.action)],
  };
}

/** A click in a modal or an App Home: the view is present, a channel is not. */
export function viewAction(
  parts: Parts,
  click: { user: string; view: View; action: Json; entered: Values },
): Json {
  const view = withState(click.view, click.entered);
  return {
    type: 'block_actions',
    ...envelope(parts, click.user),
    container: { type: 'view', view_id: view.id },
    view,
    actions: [completeAction(view.blocks, click.action)],
  };
}

function asJson(value: unknown): Json {
  return Block.safeParse(value).data ?? {};
}
