import WebSocket from 'ws';
import { z } from 'zod';
import { parseJson } from './http.js';
import type { Parts } from './parts.js';
import { Json } from './shapes.js';

const Envelope = z.looseObject({
  type: z.enum(['events_api', 'slash_commands', 'interactive', 'hello', 'disconnect']),
  envelope_id: z.string().exactOptional(),
  payload: Json.exactOptional(),
});
const Command = z.looseObject({ user_id: z.string(), channel_id: z.string(), command: z.string() });

/**
 * The proxy is the stand-in's only bot: it takes events and commands from it, gives them the trigger ids and response
 * URLs that Slack's rules hold for, and delivers them to the app.
 */
export async function connectUpstream(parts: Parts): Promise<{ close(): void }> {
  const opened = await fetch(`${parts.target}/api/apps.connections.open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${parts.config.app.appToken}` },
  });
  const { url } = z.looseObject({ url: z.url() }).parse(await opened.json());
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data) => {
      const envelope = Envelope.parse(parseJson(data.toString()));
      if (envelope.type === 'hello') return resolve();
      void answer(parts, socket, envelope);
    });
  });
  return { close: () => socket.terminate() };
}

async function answer(parts: Parts, socket: WebSocket, envelope: z.infer<typeof Envelope>): Promise<void> {
  const acknowledge = (payload?: unknown) =>
    socket.send(
      JSON.stringify({ envelope_id: envelope.envelope_id, ...(payload !== undefined && { payload }) }),
    );
  if (envelope.type === 'slash_commands') {
    acknowledge(await runCommand(parts, envelope.payload ?? {}));
    return;
  }
  acknowledge();
  if (envelope.type === 'events_api') await parts.delivery.deliver('events_api', envelope.payload);
}

/** Gives what the stand-in shall post for an acknowledgement with text: only to the person who asked, as at Slack. */
async function runCommand(parts: Parts, payload: Json): Promise<unknown> {
  const { user_id: user, channel_id: channel, command } = Command.parse(payload);
  const mended = {
    ...payload,
    trigger_id: parts.triggers.mint(user),
    response_url: parts.responseUrls.mint({ channel, user }),
  };
  const reply = await parts.delivery.deliver('slash_commands', mended);
  if (reply.status === 'timeout') {
    parts.mirror.remark(channel, user, `${command} failed with the error "operation_timeout"`);
  }
  if (reply.status === 'unreachable') {
    parts.mirror.remark(channel, user, `${command} failed with the error "dispatch_failed"`);
  }
  if (reply.status !== 'acked') return undefined;
  const message = Json.safeParse(reply.payload).data ?? {};
  if (!message['text'] && !message['blocks']) return undefined;
  const problems = parts.violations.check(`${command} answer`, { message });
  return problems.length > 0 ? undefined : { response_type: 'ephemeral', ...message };
}
