import type { PrincipalId } from '../../core/tenant.js';
import type { Details } from './schemas.js';

export type Ending = NonNullable<Details['end']>;

/** An end as it begins: asked for, not yet sent, not yet proved. */
export const endingOf = (of: {
  reason: Ending['reason'];
  by: PrincipalId | null;
  why?: string | undefined;
  at: Date;
}): Ending => ({
  reason: of.reason,
  by: of.by,
  why: of.why ?? null,
  askedAt: of.at.toISOString(),
  packetId: null,
  attempts: 0,
  provedAt: null,
});
