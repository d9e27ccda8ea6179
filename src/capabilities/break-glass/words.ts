import { truncate } from '../../blocks/index.js';
import type { RequestId } from '../../core/tenant.js';
import type { Effect } from '../../store/index.js';

type Alert = Extract<Effect, { kind: 'alert' }>;

const LONGEST = 1_000;

/** An alert to the people who keep break-glass; without a sink it goes to every one. */
export const alertEffect = (
  requestId: RequestId,
  alert: Pick<Alert, 'alert' | 'text' | 'sink' | 'severity'>,
): Alert & { requestId: RequestId } => ({
  kind: 'alert',
  requestId,
  channel: 'codex-hps',
  ...alert,
  text: truncate(alert.text, LONGEST),
});
