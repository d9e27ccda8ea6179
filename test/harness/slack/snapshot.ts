import { z } from 'zod';
import type { Frame } from './feed.js';
import { Channel, Message, User } from './shapes.js';

/** The stand-in's state as its UI feed tells it. */
export const Snapshot = z.looseObject({
  users: z.array(User),
  channels: z.array(Channel),
  messages: z.record(z.string(), z.array(Message)),
});
export type Snapshot = z.infer<typeof Snapshot>;

const Deleted = z.object({ channel: z.string(), ts: z.string() });

/** The state after `frame`; `undefined` for frames that say nothing about channels and messages. */
export function applyFrame(snapshot: Snapshot, frame: Frame): Snapshot | undefined {
  switch (frame.t) {
    case 'message': {
      const message = Message.parse(frame['message']);
      return edited(snapshot, message.channel, (list) => [...list, message]);
    }
    case 'message_update': {
      const message = Message.parse(frame['message']);
      return edited(snapshot, message.channel, (list) =>
        list.map((each) => (each.ts === message.ts ? message : each)),
      );
    }
    case 'message_delete': {
      const { channel, ts } = Deleted.parse(frame);
      return edited(snapshot, channel, (list) => list.filter((each) => each.ts !== ts));
    }
    case 'channel':
      return { ...snapshot, channels: [...snapshot.channels, Channel.parse(frame['channel'])] };
    default:
      return undefined;
  }
}

function edited(snapshot: Snapshot, channel: string, edit: (list: Message[]) => Message[]): Snapshot {
  return {
    ...snapshot,
    messages: { ...snapshot.messages, [channel]: edit(snapshot.messages[channel] ?? []) },
  };
}
