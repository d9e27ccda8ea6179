import { setTimeout as pause } from 'node:timers/promises';
import { parseJson } from '../http.js';
import { formBody, signDelivery } from '../signing.js';
import type { Answer, Delivery, Kind } from './delivery.js';

export type HttpDelivery = Delivery & { close(): void };

/** HTTP mode: signed POSTs to the app's request URL; events come again with `x-slack-retry-num` when not acknowledged. */
export function createHttpDelivery(options: {
  requestUrl: string;
  signingSecret: string;
  ackMs: number;
  eventRetryDelaysMs: readonly number[];
}): HttpDelivery {
  const closing = new AbortController();

  async function post(kind: Kind, payload: unknown, retryHeaders: Record<string, string>): Promise<Answer> {
    const json = kind === 'events_api';
    const signed = signDelivery({
      signingSecret: options.signingSecret,
      body: json ? JSON.stringify(payload) : formBody(kind, payload),
      contentType: json ? 'application/json' : 'application/x-www-form-urlencoded',
    });
    try {
      const response = await fetch(options.requestUrl, {
        method: 'POST',
        headers: { ...signed.headers, ...retryHeaders },
        body: signed.body,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(options.ackMs)]),
      });
      const text = await response.text();
      if (!response.ok) return { status: 'unreachable' };
      return { status: 'acked', payload: text === '' ? undefined : (parseJson(text) ?? { text }) };
    } catch (error) {
      return { status: error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'unreachable' };
    }
  }

  return {
    async deliver(kind, payload) {
      let answer = await post(kind, payload, {});
      if (kind !== 'events_api') return answer;
      for (const [index, delayMs] of options.eventRetryDelaysMs.entries()) {
        if (answer.status === 'acked' || closing.signal.aborted) return answer;
        await pause(delayMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
        const reason = answer.status === 'timeout' ? 'http_timeout' : 'http_error';
        answer = await post(kind, payload, {
          'x-slack-retry-num': String(index + 1),
          'x-slack-retry-reason': reason,
        });
      }
      return answer;
    },
    close: () => closing.abort(),
  };
}
