import type { WebClient } from '@slack/web-api';
import { escapeMrkdwn } from '../../blocks/index.js';
import type { Effect } from '../../store/index.js';
import type { Log } from '../log.js';

export type Alerter = (alert: Extract<Effect, { kind: 'alert' }>) => Promise<void>;

const TIMEOUT_MILLISECONDS = 5_000;

/** Tells people in Slack and outside it; Slack being away is no reason to keep the webhook waiting, nor the other way. */
export function createAlerter(deps: {
  client: WebClient;
  channel: string;
  webhookUrl: string | undefined;
  log: Log;
}): Alerter {
  return async (alert) => {
    deps.log.error({ alert: alert.alert, requestId: alert.requestId }, 'alert');
    const told = await Promise.allSettled([
      deps.client.chat.postMessage({
        channel: deps.channel,
        text: `:rotating_light: ${escapeMrkdwn(alert.text)}`,
      }),
      ...(deps.webhookUrl === undefined ? [] : [postWebhook(deps.webhookUrl, alert)]),
    ]);
    const failed = told.find((one) => one.status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  };
}

async function postWebhook(
  url: string,
  alert: { alert: string; text: string; requestId: string | null },
): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      source: 'countersign',
      alert: alert.alert,
      text: alert.text,
      requestId: alert.requestId,
    }),
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  if (!answer.ok) throw new Error(`the alert webhook answered ${answer.status}`);
}
