import { addMinutes, isBefore, subMinutes } from 'date-fns';
import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import { askEnd } from './ask-end.js';
import type { ElevationState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';

const LEAST_WARNING_MINUTES = 5;
const MOST_WARNING_MINUTES = 15;

/** Access in force: its holder is warned once before the end, and the end comes when it was granted to come. */
export const live: Step<ElevationState, Details> = (context, request) => {
  const now = context.clock.now();
  const { details } = request;
  const expiresAt = details.grant?.expiresAt ?? null;
  if (expiresAt === null || !isBefore(now, new Date(expiresAt)))
    return askEnd(context, request, { now, reason: 'expired', by: null });
  const warned = { ...details, warnedAt: now.toISOString() };
  return transition(context, request, {
    on: 'warn',
    details: warned,
    dueAt: nextLook(warned),
    at: now,
    decision: oblige({
      rule: 'elevation.ends_soon',
      message: 'The access ends soon.',
      basis: { request: request.id, expiresAt },
    }),
    event: { type: 'elevation.warned', actor: { process: 'worker' }, data: { expiresAt } },
  });
};

/** When a grant has to be looked at next: to warn, or to end it. */
export function nextLook({ grant, warnedAt, durationMinutes }: Details): Date | null {
  if (grant?.expiresAt == null || grant.grantedAt === null) return null;
  const expiresAt = new Date(grant.expiresAt);
  const fifth = Math.round(durationMinutes / 5);
  const warning = Math.max(LEAST_WARNING_MINUTES, Math.min(MOST_WARNING_MINUTES, fifth));
  const warnAt = subMinutes(expiresAt, warning);
  // What is shorter than its warning, or hardly longer, is over before anybody reads one.
  const isShort = isBefore(warnAt, addMinutes(new Date(grant.grantedAt), 1));
  return warnedAt !== null || isShort ? expiresAt : warnAt;
}
