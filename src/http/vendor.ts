import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';

/** Somebody else's HTTP API under one authorization. Calls are made again as long as that repeats safely and makes sense. */
export interface Vendor {
  /**
   * The answer to 2xx and 404. Whatever else comes throws `target_unreachable` (it is away, or asks us to slow down for
   * longer than we wait) or `target_refused`; neither carries the address, the body or the authorization.
   */
  call(method: Method, path: string, body?: Body): Promise<VendorAnswer>;
  /** Every page of a list. Throws `target_refused` when it is cut short or is not there. */
  list(path: string): Promise<unknown[]>;
}

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
type Body = { json: unknown } | { form: Readonly<Record<string, string>> };

export interface VendorAnswer {
  found: boolean;
  /** Parsed; null where there is none. */
  body: unknown;
  headers: Headers;
}

const PATIENCE_MS = 10_000;
const ATTEMPT_MS = 8_000;
const FIRST_WAIT_MS = 250;
const MAX_PAGES = 100;

/** `url` must be https, unless it is on this very machine: a token travels with each call. */
export function openVendor(options: {
  url: string;
  headers: Readonly<Record<string, string>>;
  patienceMs?: number;
}): Vendor {
  const base = safeBase(options.url);
  const call = async (method: Method, path: string, body?: Body): Promise<VendorAnswer> => {
    const deadline = performance.now() + (options.patienceMs ?? PATIENCE_MS);
    for (let attempt = 0; ; attempt += 1) {
      const answer = await send(new URL(path, base), method, options.headers, body);
      if (answer !== null && (answer.ok || answer.status === 404)) return toAnswer(answer);
      const wait = answer === null ? FIRST_WAIT_MS * 2 ** attempt : waitAsked(answer, attempt);
      if (wait === null) throw refused(`${method} ${answer?.status}`);
      if (performance.now() + wait > deadline)
        throw new CountersignError('target_unreachable', 'The target cannot be reached.', {
          detail: answer === null ? 'connection' : `${method} ${answer.status}`,
        });
      await delay(wait);
    }
  };
  return {
    call,
    async list(path) {
      const all: unknown[] = [];
      let next: string | null = path;
      for (let page = 0; next !== null; page += 1) {
        if (page === MAX_PAGES) throw refused('a list without an end');
        const answer: VendorAnswer = await call('GET', next);
        const items = z.array(z.unknown()).safeParse(answer.body);
        if (!answer.found || !items.success) throw refused('GET list');
        all.push(...items.data);
        next = nextPage(answer.headers.get('link'), base);
      }
      return all;
    },
  };
}

function safeBase(url: string): URL {
  const base = new URL(url);
  const isHere = base.hostname === '127.0.0.1' || base.hostname === 'localhost' || base.hostname === '[::1]';
  if (base.protocol !== 'https:' && !isHere) throw refused('the address is not https');
  return base;
}

const refused = (detail: string) => new CountersignError('target_refused', 'The target refused.', { detail });

/** Null: nothing came back. A redirect is an error, since it would carry the token elsewhere. */
function send(
  url: URL,
  method: Method,
  headers: Readonly<Record<string, string>>,
  body: Body | undefined,
): Promise<Response | null> {
  const sent =
    body === undefined
      ? {}
      : 'json' in body
        ? { body: JSON.stringify(body.json), type: 'application/json' }
        : { body: new URLSearchParams(body.form).toString(), type: 'application/x-www-form-urlencoded' };
  return fetch(url, {
    method,
    headers: { ...headers, ...(sent.type === undefined ? {} : { 'content-type': sent.type }) },
    body: sent.body ?? null,
    redirect: 'error',
    signal: AbortSignal.timeout(ATTEMPT_MS),
  }).catch(() => null);
}

/** How long to wait before the same call again, in milliseconds; null where it would be refused again. */
function waitAsked(answer: Response, attempt: number): number | null {
  if (answer.status >= 500) return FIRST_WAIT_MS * 2 ** attempt;
  const isPaced = answer.status === 429 || (answer.status === 403 && headerOf(answer, 'remaining') === 0);
  if (!isPaced) return null;
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(seconds)) return Math.max(FIRST_WAIT_MS, seconds * 1_000);
  const resetAt = headerOf(answer, 'reset');
  const now = Date.parse(answer.headers.get('date') ?? '');
  return resetAt === null || Number.isNaN(now)
    ? FIRST_WAIT_MS * 2 ** attempt
    : Math.max(FIRST_WAIT_MS, resetAt * 1_000 - now);
}

/** Okta writes `x-rate-limit-…`, GitHub `x-ratelimit-…`. */
function headerOf({ headers }: Response, name: 'remaining' | 'reset'): number | null {
  const text = headers.get(`x-rate-limit-${name}`) ?? headers.get(`x-ratelimit-${name}`);
  return text === null ? null : Number(text);
}

async function toAnswer(answer: Response): Promise<VendorAnswer> {
  const text = await answer.text().catch(() => '');
  return { found: answer.ok, body: parse(text), headers: answer.headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** RFC 8288 `rel="next"`; only on the host we were told, whatever the answer says. */
function nextPage(link: string | null, base: URL): string | null {
  const address = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (address === undefined) return null;
  const { pathname, search } = new URL(address, base);
  return pathname + search;
}
