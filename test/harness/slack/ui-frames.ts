import { z } from 'zod';
import type { Frame } from './feed.js';
import type { Parts } from './parts.js';
import { Channel, Json, Message } from './shapes.js';

/**
 * The first frame of a UI connection. `as` is whom the browser acts as: other people's modals, direct messages and
 * ephemerals are left out. A control client (no `as`) gets everything and the modal stack that changed last.
 */
export function initFrame(parts: Parts, as: string | undefined, appConnected: boolean): Frame {
  const { views, config } = parts;
  const state = parts.mirror.state();
  const channels = z
    .array(Channel)
    .parse(state['channels'])
    .filter((channel) => sees(channel, as));
  const apps = z.array(Json).parse(state['apps']);
  const user = as ?? views.lastUser();
  return {
    t: 'init',
    as,
    state: {
      ...state,
      shortcuts: config.app.shortcuts,
      apps: apps.map((app) => ({ ...app, mode: config.app.mode, connected: appConnected })),
      channels,
      messages: Object.fromEntries(
        channels.map(({ id }) => [id, parts.mirror.messages(id).filter((message) => isFor(message, as))]),
      ),
      modalStack: user === undefined ? [] : views.stack(user),
      modalStacks: as === undefined ? views.stacks() : undefined,
      homeViews: Object.fromEntries(
        Object.entries(views.homes()).map(([owner, view]) => [owner, { [config.app.appId]: view }]),
      ),
      log: [...z.array(Json).parse(state['log']), ...parts.journal.entries()],
    },
  };
}

/** The frame as this client may have it, or nothing. */
export function frameFor(parts: Parts, as: string | undefined, frame: Frame): Frame | undefined {
  if (as === undefined) return frame;
  switch (frame.t) {
    case 'view':
    case 'view_errors':
    case 'home':
      return frame['user'] === as ? frame : undefined;
    case 'channel':
      return sees(Channel.parse(frame['channel']), as) ? frame : undefined;
    case 'message':
    case 'message_update': {
      const message = Message.parse(frame['message']);
      const channel = parts.mirror.channel(message.channel);
      return isFor(message, as) && (!channel || sees(channel, as)) ? frame : undefined;
    }
    default:
      return frame;
  }
}

const isFor = (message: Message, as: string | undefined): boolean =>
  as === undefined || message.ephemeral_to === undefined || message.ephemeral_to === as;

const sees = (channel: Channel, as: string | undefined): boolean =>
  as === undefined || !(channel.is_im || channel.is_private) || channel.members.includes(as);
