import type { WebSocket } from 'ws';
import WebSocketClient from 'ws';
import { z } from 'zod';
import type { Frame } from './feed.js';
import { parseJson } from './http.js';
import type { Parts } from './parts.js';
import { act, Click, Search, Shortcut, suggest, takeShortcut } from './person/act.js';
import { closeView, type Submitting, submitView } from './person/submit-view.js';
import { Values } from './shapes.js';
import { frameFor, initFrame } from './ui-frames.js';

/** `as` is whom a browser acts as: it is shown only what that person may see. A control client sees everything. */
type Client = { socket: WebSocket; as: string | undefined };

const Incoming = z.discriminatedUnion('t', [
  z.looseObject({ t: z.literal('act_as'), user: z.string() }),
  z.looseObject({ t: z.literal('view_submit'), user: z.string(), values: Values.nullish() }),
  z.looseObject({ t: z.literal('view_close'), user: z.string() }),
  Click.extend({ t: z.literal('block_action') }),
  Search.extend({ t: z.literal('suggest'), id: z.string() }),
  Shortcut.extend({ t: z.literal('shortcut') }),
]);

export type UiHub = { accept(socket: WebSocket, as: string | undefined): void; close(): void };

/** The UI's WebSocket: what people do goes to the app, what changes goes to whoever may see it. */
export function createUiHub(parts: Parts, appConnected: () => boolean): UiHub {
  const clients = new Set<Client>();
  const submitting: Submitting = new Set();
  const upstream = new WebSocketClient(`${parts.target.replace('http', 'ws')}/ui`);
  upstream.on('error', () => upstream.terminate());

  const tell = (client: Client, frame: Frame | undefined) => {
    if (frame) client.socket.send(JSON.stringify(frame));
  };
  parts.feed.subscribe((frame) => {
    for (const client of clients) {
      tell(
        client,
        frame.t === 'reset' ? initFrame(parts, client.as, appConnected()) : frameFor(parts, client.as, frame),
      );
    }
  });

  async function receive(client: Client, text: string): Promise<void> {
    const frame = Incoming.safeParse(parseJson(text));
    // Posts, reactions, edits and commands are the stand-in's.
    if (!frame.success) return upstream.send(text);
    const { data } = frame;
    switch (data.t) {
      case 'act_as':
        client.as = data.user;
        return tell(client, initFrame(parts, client.as, appConnected()));
      case 'view_submit':
        return submitView(parts, submitting, data.user, data.values ?? {});
      case 'view_close':
        return closeView(parts, data.user);
      case 'block_action':
        return act(parts, data);
      case 'shortcut':
        return takeShortcut(parts, data);
      case 'suggest':
        return tell(client, { t: 'suggestions', id: data.id, ...(await suggest(parts, data)) });
    }
  }

  return {
    accept(socket, as) {
      const client: Client = { socket, as };
      clients.add(client);
      socket.on('close', () => clients.delete(client));
      socket.on('error', () => socket.terminate());
      socket.on('message', (data) => void receive(client, data.toString()));
      tell(client, initFrame(parts, as, appConnected()));
    },
    close() {
      upstream.terminate();
      for (const client of clients) client.socket.terminate();
    },
  };
}
