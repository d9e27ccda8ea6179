import { z } from 'zod';
import { Instant } from '../core/clock.js';
import { PrincipalId } from '../core/tenant.js';
import { readRequestsOf } from '../store/index.js';
import type { VerbContext } from './define.js';

/** What an absence says to every capability that asks people to decide. */
export const Absence = z.object({
  until: Instant,
  /** An approver like the one away, asked in their place; no power comes with it. */
  delegate: PrincipalId.nullable(),
});

/** More than an organisation has away at once. */
const TAKE = 500;

/** Who is away at `now`, and whom they named. */
export async function readAbsences(
  context: Pick<VerbContext, 'store' | 'tenant'>,
  now: Date,
): Promise<{ person: PrincipalId; delegate: PrincipalId | null }[]> {
  const which = { capability: 'absence', states: ['away'], take: TAKE };
  const stored = await readRequestsOf(context.store, context.tenant, which);
  return stored.flatMap(({ subject, details }) => {
    const { until, delegate } = Absence.parse(details);
    return Date.parse(until) > now.getTime() ? [{ person: subject, delegate }] : [];
  });
}
