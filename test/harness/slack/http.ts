import type { IncomingMessage, ServerResponse } from 'node:http';
import { Json } from './shapes.js';

/** JSON or `undefined`; never throws. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** The arguments that @slack/web-api sends as JSON inside a form. */
const JSON_ARGUMENTS = ['blocks', 'attachments', 'view', 'metadata'];

/** The arguments of a Web API call, from JSON, a form or the query; a multipart body is left to the stand-in. */
export function parseArguments(request: IncomingMessage, body: Buffer): Json {
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.includes('json')) return Json.catch({}).parse(parseJson(body.toString()));
  const query = new URL(request.url ?? '/', 'http://slack').searchParams;
  const form = new URLSearchParams(contentType.includes('multipart') ? '' : body.toString());
  const args: Json = Object.fromEntries([...query, ...form]);
  for (const name of JSON_ARGUMENTS) {
    const value = args[name];
    if (typeof value === 'string') args[name] = parseJson(value) ?? value;
  }
  return args;
}

/** Sends a request on to the stand-in and gives its answer with our own address in place of its address. */
export async function forward(options: {
  target: string;
  origin: string;
  request: IncomingMessage;
  body: Buffer;
}): Promise<{ status: number; contentType: string; location?: string; body: Buffer | string }> {
  const { target, origin, request, body } = options;
  const headers = new Headers();
  for (const name of ['authorization', 'content-type', 'accept']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const method = request.method ?? 'GET';
  const answer = await fetch(target + (request.url ?? '/'), {
    method,
    headers,
    redirect: 'manual',
    ...(method !== 'GET' && method !== 'HEAD' && { body: new Uint8Array(body) }),
  });
  const contentType = answer.headers.get('content-type') ?? 'application/octet-stream';
  const location = answer.headers.get('location')?.replaceAll(target, origin);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const readable = /json|text|javascript/u.test(contentType);
  return {
    status: answer.status,
    contentType,
    ...(location !== undefined && { location }),
    body: readable ? bytes.toString().replaceAll(target, origin) : bytes,
  };
}
