import type { Effect } from '../../store/index.js';
import { itIsOver, tellAnew } from '../alarms.js';
import type { Ending } from './ending.js';
import type { Use } from './schemas.js';
import { alertEffect } from './words.js';

const ALERT = 'break-glass.rotation_unproven';

/** The next alarm about a rotation that is not proved, louder than the one before; in Slack it is projected (alarm-view.ts). */
export function raiseAlarm({ id }: Use, end: Ending, text: string): { end: Ending; effects: Effect[] } {
  const severity = end.alarms === 0 ? 'error' : 'critical';
  const alert = alertEffect(id, { alert: ALERT, sink: 'webhook', severity, text });
  return { end: { ...end, alarms: end.alarms + 1 }, effects: tellAnew(alert, end.alarms) };
}

export const endAlarm = (requestId: Use['id'], { alarms }: Ending): Effect[] =>
  itIsOver({ requestId, alert: ALERT }, alarms);
