import { createHmac } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { escapeMrkdwn } from '../../blocks/index.js';
import type { AlertSink, ChannelName } from '../../capabilities/index.js';
import type { Effect } from '../../store/index.js';
import type { Log } from '../log.js';

type Alert = Extract<Effect, { kind: 'alert' }>;

/** Resolves to the sinks that took it; throws where one that is configured did not. */
export type Alerter = (alert: Alert) => Promise<readonly AlertSink[]>;

export interface AlertDeps {
  client: WebClient;
  channels: Readonly<Record<ChannelName, string>>;
  /** The pager: takes PagerDuty's Events API v2. Each body is signed under the secret. */
  webhook: { url: string; secret: string | undefined; routingKey?: string | undefined } | undefined;
  log: Log;
}

const TIMEOUT_MILLISECONDS = 5_000;

/** Tells people in Slack and outside it; Slack being away is no reason to keep the webhook waiting, nor the other way. */
export function createAlerter(deps: AlertDeps): Alerter {
  return async (alert) => {
    deps.log.error({ alert: alert.alert, requestId: alert.requestId, sink: alert.sink }, 'alert');
    const sinks: readonly AlertSink[] = alert.sink === undefined ? ['slack', 'webhook'] : [alert.sink];
    const told = await Promise.allSettled(sinks.map((sink) => tell(deps, alert, sink)));
    const failed = told.find((one) => one.status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return told.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : []));
  };
}

async function tell(deps: AlertDeps, alert: Alert, sink: AlertSink): Promise<AlertSink | null> {
  if (sink === 'slack') {
    await deps.client.chat.postMessage({
      channel: deps.channels[alert.channel ?? 'requests'],
      text: `:rotating_light: ${escapeMrkdwn(alert.text)}`,
    });
    return sink;
  }
  if (deps.webhook === undefined) return null;
  await postWebhook(deps.webhook, alert);
  return sink;
}

/** Events API v2: one incident a request and alert, so that a repeated one adds to it. */
async function postWebhook(
  { url, secret, routingKey }: NonNullable<AlertDeps['webhook']>,
  alert: Alert,
): Promise<void> {
  const body = JSON.stringify({
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: `countersign-${alert.alert}-${alert.requestId ?? 'tenant'}`,
    payload: {
      summary: alert.text,
      source: 'countersign',
      severity: 'critical',
      class: alert.alert,
      custom_details: { alert: alert.alert, requestId: alert.requestId },
    },
  });
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret !== undefined && {
        'x-countersign-signature': `v1=${createHmac('sha256', secret).update(body).digest('hex')}`,
      }),
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  if (!answer.ok) throw new Error(`the alert webhook answered ${answer.status}`);
}
