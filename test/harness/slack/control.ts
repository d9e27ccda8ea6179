import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { Fault } from './faults.js';
import { forward, parseJson, readBody, sendJson } from './http.js';
import type { Parts } from './parts.js';
import { act, Click, Search, Shortcut, suggest, takeShortcut } from './person/act.js';
import { deactivate } from './person/deactivate.js';
import { Json } from './shapes.js';

/**
 * The stand-in's `/_control`, with the same requests and answers. Interactions are the proxy's own; logs and messages
 * are the stand-in's and the proxy's together.
 */
export async function handleControl(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const path = new URL(request.url ?? '/', parts.origin).pathname.slice('/_control'.length);
  const asked = parseJson(body.toString());
  if (path === '/interact') return interact(parts, asked, response);
  if (path === '/suggest') {
    const search = Search.safeParse(asked);
    if (search.success) return sendJson(response, { ok: true, ...(await suggest(parts, search.data)) });
    return sendJson(response, { ok: false, error: 'user, block_id and action_id are required' }, 400);
  }
  if (path === '/shortcut') {
    const taken = Shortcut.safeParse(asked);
    if (!taken.success)
      return sendJson(
        response,
        { ok: false, error: 'user, channel, messageTs and callbackId are required' },
        400,
      );
    await takeShortcut(parts, taken.data);
    return sendJson(response, { ok: true });
  }
  if (path === '/deactivate') {
    const { user, isLost } = z.object({ user: z.string(), isLost: z.boolean() }).parse(asked);
    await deactivate(parts, user, isLost);
    return sendJson(response, { ok: true });
  }
  if (path === '/views')
    return sendJson(response, { stacks: parts.views.stacks(), homes: parts.views.homes() });
  if (path === '/faults') return faults(parts, request, asked, response);
  if (path === '/violations') return sendJson(response, { violations: parts.violations.list() });

  const passed = await forward({ target: parts.target, origin: parts.origin, request, body });
  if (path === '/reset') parts.views.reset();
  const merged = merge(parts, path, Json.safeParse(parseJson(String(passed.body))).data);
  if (merged) return sendJson(response, merged, passed.status);
  response.writeHead(passed.status, { 'content-type': passed.contentType }).end(passed.body);
}

async function interact(parts: Parts, asked: unknown, response: ServerResponse): Promise<void> {
  const click = Click.safeParse(asked);
  if (!click.success) return sendJson(response, { ok: false, error: 'user and action are required' }, 400);
  await act(parts, click.data);
  sendJson(response, { ok: true });
}

function faults(parts: Parts, request: IncomingMessage, asked: unknown, response: ServerResponse): void {
  const fault = request.method === 'DELETE' ? undefined : Fault.safeParse(asked);
  if (fault === undefined) parts.faults.clear();
  else if (fault.success) parts.faults.add(fault.data);
  const error = fault?.error && z.prettifyError(fault.error);
  sendJson(response, { ok: error === undefined, error }, error === undefined ? 200 : 400);
}

const Log = z.object({ log: z.array(Json) });
const Messages = z.object({ messages: z.array(Json) });

function merge(parts: Parts, path: string, answer: Json | undefined): Json | undefined {
  if (path === '/log') {
    const log = [...Log.parse(answer).log, ...parts.journal.entries()];
    return { log: log.sort((a, b) => Number(a['time']) - Number(b['time'])) };
  }
  if (path.startsWith('/messages/')) {
    const own = parts.mirror.ownMessages(decodeURIComponent(path.slice('/messages/'.length)));
    const messages = [...own, ...Messages.parse(answer).messages];
    return { messages: messages.sort((a, b) => Number(a['ts']) - Number(b['ts'])) };
  }
  if (path === '/state' && answer) {
    const apps = z.array(Json).parse(answer['apps'] ?? []);
    return { ...answer, apps: apps.map((app) => ({ ...app, mode: parts.config.app.mode })) };
  }
  return undefined;
}
