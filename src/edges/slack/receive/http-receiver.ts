import {
  type App,
  isValidSlackRequest,
  type Receiver,
  type ReceiverEvent,
  ReceiverMultipleAckError,
} from '@slack/bolt';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { sha256Hex } from '../../../core/canonical.js';
import type { Log } from '../../log.js';

export interface HttpReceiverOptions {
  signingSecret: string;
  /** Notes a signature; false when any process has seen it before. */
  firstSeen: (signature: string) => Promise<boolean>;
  /** The real time: Slack signs with its own clock, whatever ours is set to. */
  now: () => Date;
  log: Log;
}

/** Slack's rule for both directions; Bolt alone accepts a timestamp ten minutes in the future. */
const MAX_SKEW_SECONDS = 300;

/** Read before it can be told whether Slack sent it. */
const LARGEST_DELIVERY_BYTES = 1_048_576;

const Json = z.record(z.string(), z.unknown());

/**
 * HTTP mode: `POST /slack/events` for events, commands and interactions. What is forged, older or newer than five
 * minutes, or the very bytes of an earlier delivery, is refused with 401 before anything reads it.
 */
export function createHttpReceiver(options: HttpReceiverOptions): Receiver & { routes: Hono } {
  let bolt: App | undefined;
  const routes = new Hono();
  routes.post('/slack/events', bodyLimit({ maxSize: LARGEST_DELIVERY_BYTES }), async (context) => {
    const body = await context.req.text();
    const refusal = await refuseDelivery(options, body, (name) => context.req.header(name));
    if (refusal !== null) {
      options.log.warn({ code: refusal }, 'a slack delivery was refused');
      return context.json({ ok: false, error: refusal }, 401);
    }
    const parsed = parseBody(body, context.req.header('content-type') ?? '');
    if (parsed === null) return context.json({ ok: false, error: 'malformed' }, 400);
    if (parsed['type'] === 'url_verification') return context.json({ challenge: parsed['challenge'] });
    if (parsed['ssl_check'] !== undefined) return context.body(null, 200);
    if (bolt === undefined) return context.json({ ok: false, error: 'starting' }, 503);
    const answer = await process(bolt, parsed, Number(context.req.header('x-slack-retry-num') ?? 0));
    return answer.kind === 'json' ? context.json(answer.body) : context.text(answer.body, answer.status);
  });
  return {
    routes,
    init: (app) => {
      bolt = app;
    },
    start: async () => {},
    stop: async () => {},
  };
}

async function refuseDelivery(
  options: HttpReceiverOptions,
  body: string,
  header: (name: string) => string | undefined,
): Promise<string | null> {
  const signature = header('x-slack-signature') ?? '';
  const timestamp = Number(header('x-slack-request-timestamp'));
  if (!Number.isInteger(timestamp)) return 'no_timestamp';
  const skew = timestamp - Math.floor(options.now().getTime() / 1000);
  if (Math.abs(skew) > MAX_SKEW_SECONDS) return skew < 0 ? 'too_late' : 'future_dated';
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp };
  const nowMilliseconds = options.now().getTime();
  if (!isValidSlackRequest({ signingSecret: options.signingSecret, body, headers, nowMilliseconds }))
    return 'bad_signature';
  return (await options.firstSeen(`signature-${sha256Hex(signature).slice(0, 40)}`)) ? null : 'replayed';
}

function parseBody(body: string, contentType: string): Record<string, unknown> | null {
  try {
    if (contentType.startsWith('application/json')) return Json.parse(JSON.parse(body));
    const form = Object.fromEntries(new URLSearchParams(body));
    return form['payload'] === undefined ? form : Json.parse(JSON.parse(form['payload']));
  } catch {
    return null;
  }
}

type Answer = { kind: 'json'; body: object } | { kind: 'text'; body: string; status: 200 | 404 | 500 };

/** Answers with what the listener acknowledged; a listener that never does is a 500, which makes Slack try again. */
function process(bolt: App, body: Record<string, unknown>, retryNum: number): Promise<Answer> {
  return new Promise((resolve) => {
    let acknowledged = false;
    const event: ReceiverEvent = {
      body,
      retryNum,
      ack: async (response: unknown) => {
        if (acknowledged) throw new ReceiverMultipleAckError();
        acknowledged = true;
        if (typeof response === 'object' && response !== null) resolve({ kind: 'json', body: response });
        else resolve({ kind: 'text', body: typeof response === 'string' ? response : '', status: 200 });
      },
    };
    bolt.processEvent(event).then(
      () => resolve({ kind: 'text', body: '', status: acknowledged ? 200 : 404 }),
      () => resolve({ kind: 'text', body: '', status: 500 }),
    );
  });
}
