import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson, readBody, sendJson } from '../http.js';
import type { Parts } from '../parts.js';
import { Json } from '../shapes.js';
import { problemLine } from '../violations.js';

/** An answer through a response_url: ephemeral unless it says otherwise, five times within thirty minutes. */
export async function handleResponse(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = Json.safeParse(parseJson((await readBody(request)).toString())).data ?? {};
  const id = (request.url ?? '').split('/').at(-1) ?? '';
  const target = parts.responseUrls.take(id);
  if (!target) return sendJson(response, { ok: false, error: 'used_url' }, 404);
  const { text, blocks, thread_ts: threadTs = target.threadTs } = body;
  const removes = body['delete_original'] === true;
  if (!removes) {
    if (!text && !blocks) return sendJson(response, { ok: false, error: 'no_text' }, 400);
    const problems = parts.violations.check('response_url', { message: { text, blocks } });
    if (problems.length > 0) {
      const messages = problems.map(problemLine);
      return sendJson(response, { ok: false, error: 'invalid_blocks', response_metadata: { messages } }, 400);
    }
  }
  const { channel, user, messageTs: ts } = target;
  const content = { text, blocks };
  if (removes && ts) await edit(parts, 'chat.delete', { channel, ts });
  else if (body['replace_original'] === true && ts)
    await edit(parts, 'chat.update', { channel, ts, ...content });
  else if (body['response_type'] === 'in_channel') {
    await call(parts, 'chat.postMessage', { channel, thread_ts: threadTs, ...content });
  } else await call(parts, 'chat.postEphemeral', { channel, user, thread_ts: threadTs, ...content });
  response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
}

async function edit(parts: Parts, method: 'chat.delete' | 'chat.update', args: Json): Promise<void> {
  const channel = String(args['channel']);
  const ts = String(args['ts']);
  const own =
    method === 'chat.delete'
      ? parts.mirror.deleteOwn(channel, ts)
      : parts.mirror.updateOwn(channel, ts, args);
  if (!own) await call(parts, method, args);
}

async function call(parts: Parts, method: string, args: Json): Promise<void> {
  await fetch(`${parts.target}/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${parts.config.app.botToken}` },
    body: JSON.stringify(args),
  });
}
