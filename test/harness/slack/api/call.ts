import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../faults.js';
import { forward, parseArguments, readBody, sendJson } from '../http.js';
import type { createPacing } from '../pacing.js';
import type { Parts } from '../parts.js';
import { Json } from '../shapes.js';
import { refuseToken } from './auth.js';
import { answerMessageCall } from './messages.js';
import { answerViewCall } from './views.js';

/** What the proxy answers itself; `undefined` leaves the call to the stand-in. */
export type CallAnswer = { body: Json; status?: number; headers?: Record<string, string> } | undefined;
export type Call = { method: string; args: Json };
export type ApiParts = Parts & { pacing: ReturnType<typeof createPacing>; socketUrl(): string };

export const failure = (error: string, more: Json = {}): { body: Json } => ({
  body: { ok: false, error, ...more },
});

/** One Web API call: injected fault, token, Slack's checks, then our own answer or the stand-in's. */
export async function handleCall(
  parts: ApiParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const path = new URL(request.url ?? '/', parts.origin).pathname;
  const method = path.slice('/api/'.length);
  const args = parseArguments(request, body);

  const fault = parts.faults.next(method, args['user']);
  if (fault && fault.delayMs > 0) await pause(fault.delayMs);
  if (fault?.when === 'before' && fail(fault, request, response)) return;

  const answer = refuseToken(parts.config, method, request, args) ?? answerCall(parts, { method, args });
  if (fault?.when === 'after') {
    if (!answer) await forward({ target: parts.target, origin: parts.origin, request, body });
    if (fail(fault, request, response)) return;
  }
  if (answer) {
    const { ok, error } = Json.parse(answer.body);
    parts.journal.add('from_bot', 'web_api', ok ? method : `${method} -> ${String(error)}`, args);
    sendJson(response, answer.body, answer.status, answer.headers);
    return;
  }
  const passed = await forward({ target: parts.target, origin: parts.origin, request, body });
  response.writeHead(passed.status, { 'content-type': passed.contentType });
  response.end(passed.body);
}

function fail(fault: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault.destroy) request.socket.destroy();
  else if (fault.error !== undefined || fault.status !== undefined) {
    const retryAfter = fault.retryAfterSeconds;
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    sendJson(response, { ok: false, error: fault.error ?? 'internal_error' }, fault.status ?? 200, headers);
  } else return false;
  return true;
}

function answerCall(parts: ApiParts, call: Call): CallAnswer {
  if (call.method.startsWith('views.')) return answerViewCall(parts, call);
  if (call.method.startsWith('chat.')) return answerMessageCall(parts, call);
  if (call.method === 'conversations.open') return refuseUnknownPeople(parts, call);
  if (call.method === 'users.info') return leaver(parts, call);
  if (call.method === 'apps.connections.open') return { body: { ok: true, url: parts.socketUrl() } };
  return undefined;
}

function leaver(parts: Parts, { args }: Call): CallAnswer {
  const user = String(args['user'] ?? '');
  return parts.deactivated.has(user) ? { body: { ok: true, user: { id: user, deleted: true } } } : undefined;
}

function refuseUnknownPeople(parts: Parts, { args }: Call): CallAnswer {
  const known = new Set(parts.mirror.users().map((user) => user.id));
  const asked = String(args['users'] ?? '')
    .split(',')
    .filter((id) => id !== '');
  return asked.every((id) => known.has(id)) ? undefined : failure('user_not_found');
}
