import type { WebClient } from '@slack/web-api';
import { escapeMrkdwn } from '../../blocks/index.js';
import type { AlertSink, ChannelName } from '../../capabilities/index.js';
import type { Effect } from '../../store/index.js';
import type { Log } from '../log.js';
import type { Pager } from './pager.js';

type Alert = Extract<Effect, { kind: 'alert' }>;

/** Resolves to the sinks that took it; throws where one that is configured did not. */
export type Alerter = (alert: Alert) => Promise<readonly AlertSink[]>;

export interface AlertDeps {
  client: WebClient;
  channels: Readonly<Record<ChannelName, string>>;
  /** Null where none is configured. */
  pager: Pager | null;
  log: Log;
}

/** Tells people in Slack and outside it; Slack being away is no reason to keep the pager waiting, nor the other way. */
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

async function tell(
  { client, channels, pager }: AlertDeps,
  alert: Alert,
  sink: AlertSink,
): Promise<AlertSink | null> {
  if (sink === 'slack') {
    await client.chat.postMessage({
      channel: channels[alert.channel ?? 'requests'],
      text: `:rotating_light: ${escapeMrkdwn(alert.text)}`,
    });
    return sink;
  }
  if (pager === null) return null;
  await pager.trigger(alert);
  return sink;
}
