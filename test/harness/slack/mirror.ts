import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import { z } from 'zod';
import { readArchive, writeArchive } from './archive.js';
import type { Feed, Frame } from './feed.js';
import { parseJson } from './http.js';
import { slackTs } from './ids.js';
import { type Channel, type Json, Message, type User } from './shapes.js';
import { applyFrame, Snapshot } from './snapshot.js';

/** What the stand-in holds, followed live, and what it does not: messages of earlier runs and Slackbot's remarks. */
export type Mirror = {
  state(): Json;
  users(): User[];
  channel(id: string): Channel | undefined;
  messages(channel: string): Message[];
  find(channel: string, ts: string): Message | undefined;
  /** Messages the stand-in does not know, which the proxy itself therefore edits and deletes. */
  ownMessages(channel: string): Message[];
  updateOwn(channel: string, ts: string, patch: Json): Message | undefined;
  deleteOwn(channel: string, ts: string): boolean;
  /** An ephemeral remark of Slackbot to one person. */
  remark(channel: string, user: string, text: string): void;
  close(): Promise<void>;
};

const Incoming = z.looseObject({ t: z.string() });
const SAVE_AFTER_MS = 100;

/** Connects to the stand-in's UI feed at `target`. With `dataDir`, what it shows outlives both processes. */
export async function startMirror(options: {
  target: string;
  feed: Feed;
  dataDir?: string;
}): Promise<Mirror> {
  const { feed, dataDir } = options;
  const archive = dataDir ? await readArchive(dataDir) : { channels: [], messages: [] };
  await outlive(archive.messages);
  const own = new Map(archive.messages.map((message) => [keyOf(message.channel, message.ts), message]));
  let snapshot: Snapshot = { users: [], channels: [], messages: {} };
  let saving: NodeJS.Timeout | undefined;
  let saved = Promise.resolve();

  function save(): void {
    if (dataDir === undefined) return;
    clearTimeout(saving);
    saving = undefined;
    const messages = [...own.values(), ...Object.values(snapshot.messages).flat()];
    const lasting = messages.filter((message) => message.subtype !== 'ephemeral');
    saved = saved.then(() => writeArchive(dataDir, { channels: snapshot.channels, messages: lasting }));
  }

  function changed(frame: Frame): void {
    if (dataDir !== undefined) saving ??= setTimeout(save, SAVE_AFTER_MS);
    feed.publish(frame);
  }

  function messagesOf(channel: string): Message[] {
    const mine = ownMessages(channel);
    const theirs = snapshot.messages[channel] ?? [];
    return mine.length === 0 ? theirs : [...mine, ...theirs].sort((a, b) => Number(a.ts) - Number(b.ts));
  }

  function ownMessages(channel: string): Message[] {
    return [...own.values()].filter((message) => message.channel === channel);
  }

  function apply(frame: Frame): void {
    if (frame.t === 'init') {
      snapshot = Snapshot.parse(frame['state']);
      feed.publish({ t: 'reset' });
      return;
    }
    if (frame.t === 'log') feed.publish(frame);
    // Views, homes and connections are the proxy's own business: the stand-in's frames about them would mislead.
    const next = applyFrame(snapshot, frame);
    if (!next) return;
    snapshot = next;
    changed(frame);
  }

  const socket = new WebSocket(`${options.target.replace('http', 'ws')}/ui`);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data) => {
      apply(Incoming.parse(parseJson(data.toString())));
      resolve();
    });
  });

  return {
    state: () => ({
      ...snapshot,
      messages: Object.fromEntries(snapshot.channels.map(({ id }) => [id, messagesOf(id)])),
    }),
    users: () => snapshot.users,
    channel: (id) => snapshot.channels.find((channel) => channel.id === id),
    messages: messagesOf,
    find: (channel, ts) => messagesOf(channel).find((message) => message.ts === ts),
    ownMessages,
    updateOwn(channel, ts, patch) {
      const message = own.get(keyOf(channel, ts));
      if (!message) return undefined;
      // As at Slack, an edit without blocks removes them: what the patch leaves undefined goes.
      const merged = Object.entries({ ...message, ...patch, channel, ts });
      const updated = Message.parse(Object.fromEntries(merged.filter(([, value]) => value !== undefined)));
      own.set(keyOf(channel, ts), updated);
      changed({ t: 'message_update', message: updated });
      return updated;
    },
    deleteOwn(channel, ts) {
      const known = own.delete(keyOf(channel, ts));
      if (known) changed({ t: 'message_delete', channel, ts });
      return known;
    },
    remark(channel, user, text) {
      const message = {
        type: 'message',
        subtype: 'ephemeral',
        ts: slackTs(),
        channel,
        user: 'USLACKBOT',
        username: 'Slackbot',
        text,
        ephemeral_to: user,
      };
      own.set(keyOf(channel, message.ts), message);
      changed({ t: 'message', message });
    },
    async close() {
      socket.terminate();
      if (saving) save();
      await saved;
    },
  };
}

const keyOf = (channel: string, ts: string): string => `${channel}:${ts}`;

/** The stand-in counts its timestamps within a second anew: without this, a quick restart would give one twice. */
async function outlive(messages: readonly Message[]): Promise<void> {
  const newest = Math.max(0, ...messages.map(({ ts }) => Math.floor(Number(ts))));
  await pause(Math.min(1000, Math.max(0, (newest + 1) * 1000 - Date.now())));
}
