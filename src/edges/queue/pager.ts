import { createHmac } from 'node:crypto';
import type { Effect } from '../../store/index.js';

type Alert = Extract<Effect, { kind: 'alert' }>;
type Resolve = Extract<Effect, { kind: 'resolve' }>;

/** What wakes people outside Slack. */
export interface Pager {
  trigger(alert: Alert): Promise<void>;
  resolve(over: Resolve): Promise<void>;
}

export interface PagerOptions {
  /** Takes PagerDuty's Events API v2. */
  url: string;
  /** Each body is signed under it. */
  secret: string | undefined;
  routingKey?: string | undefined;
}

const TIMEOUT_MILLISECONDS = 5_000;

/** An incident an occasion: what is sent again because nobody answered adds to it, and what happens anew pages anew. */
export function openPager({ url, secret, routingKey }: PagerOptions): Pager {
  const send = async (event_action: 'trigger' | 'resolve', about: Alert | Resolve, more: object) => {
    const body = JSON.stringify({
      routing_key: routingKey,
      event_action,
      dedup_key: incidentOf(about),
      ...more,
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
    if (!answer.ok) throw new Error(`the pager answered ${answer.status}`);
  };
  return {
    trigger: (alert) =>
      send('trigger', alert, {
        payload: {
          summary: alert.text,
          source: 'countersign',
          severity: alert.severity ?? 'critical',
          class: alert.alert,
          custom_details: { alert: alert.alert, requestId: alert.requestId },
        },
      }),
    resolve: (over) => send('resolve', over, {}),
  };
}

const incidentOf = ({ alert, requestId, occasion }: Alert | Resolve): string =>
  ['countersign', alert, requestId ?? 'tenant', ...(occasion === undefined ? [] : [occasion])].join('-');
