import type { RequestId } from '../core/tenant.js';
import type { Effect } from '../store/index.js';

type Alert = Extract<Effect, { kind: 'alert' }>;

/**
 * Tells anew what was told so often before: at the pager an incident of its own, which pages though the one before was
 * acknowledged, and takes its place.
 */
export const tellAnew = (alert: Alert & { requestId: RequestId }, before: number): Effect[] => [
  { ...alert, occasion: String(before + 1) },
  ...itIsOver(alert, before),
];

/** What was told so often is over: the incident of the last time is closed. */
export const itIsOver = (
  { requestId, alert }: { requestId: RequestId; alert: string },
  times: number,
): Effect[] => (times === 0 ? [] : [{ kind: 'resolve', requestId, alert, occasion: String(times) }]);
