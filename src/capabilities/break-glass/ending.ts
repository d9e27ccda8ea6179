import type { PrincipalId } from '../../core/tenant.js';
import type { UseDetails } from './schemas.js';

export type Ending = NonNullable<UseDetails['end']>;

/** An end as it begins: asked for, not yet sent, not yet proved. */
export const endingOf = (reason: Ending['reason'], by: PrincipalId | null, at: Date): Ending => ({
  reason,
  by,
  askedAt: at.toISOString(),
  packetId: null,
  attempts: 0,
  alarms: 0,
  provedAt: null,
});
