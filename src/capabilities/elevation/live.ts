import { addMinutes } from 'date-fns/addMinutes';
import { isBefore } from 'date-fns/isBefore';
import { min } from 'date-fns/min';
import { subMinutes } from 'date-fns/subMinutes';
import { oblige } from '../../policy/index.js';
import type { Step, VerbContext } from '../define.js';
import type { Sources } from '../sources.js';
import { askEnd } from './ask-end.js';
import type { ElevationState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';

const LEAST_WARNING_MINUTES = 5;
const MOST_WARNING_MINUTES = 15;
/** How often a ticket is asked about: fifty times or so, each an entry in the ledger. */
const LOOKS = 50;
const LEAST_TICKET_MINUTES = 10;
const MOST_TICKET_MINUTES = 60;
/** How long it may take to answer: an end never waits for it (rule 2). */
const TICKET_MILLISECONDS = 5_000;

/**
 * Access in force: its holder is warned once before the end, a ticket that was closed ends it early, and otherwise the
 * end comes when it was granted to come.
 */
export const live: Step<ElevationState, Details> = async (context, request) => {
  const now = context.clock.now();
  const { details } = request;
  const expiresAt = details.grant?.expiresAt ?? null;
  if (expiresAt === null || !isBefore(now, new Date(expiresAt)))
    return askEnd(context, request, { now, reason: 'expired', by: null });
  const ticket = await ticketStatus(context, details.ticket);
  if (ticket === 'closed') return askEnd(context, request, { now, reason: 'ticket_closed', by: null });
  const isWarning = details.warnedAt === null && !isBefore(now, warnAt(details, new Date(expiresAt)));
  const looked = isWarning ? { ...details, warnedAt: now.toISOString() } : details;
  return transition(context, request, {
    on: 'look',
    details: looked,
    dueAt: nextLook(looked, now, context.sources),
    at: now,
    decision: oblige({
      ...(isWarning ? WARNING : LOOKED_UP[ticket]),
      basis: { request: request.id, expiresAt, ticket },
    }),
    event: {
      type: isWarning ? 'elevation.warned' : 'elevation.ticket_looked_up',
      actor: { process: 'worker' },
      data: { expiresAt, ticket },
    },
  });
};

const WARNING = { rule: 'elevation.ends_soon', message: 'The access ends soon.' };
const LOOKED_UP = {
  open: { rule: 'elevation.ticket_open', message: 'Its ticket is open.' },
  unknown: {
    rule: 'elevation.ticket_unknown',
    message: 'The tracker does not say whether its ticket is open, which ends nothing early.',
  },
};

/** When access in force has to be looked at next: to ask about its ticket where there is a tracker, to warn, or to end it. */
export function nextLook(details: Details, now: Date, { tickets }: Sources): Date | null {
  const { grant, warnedAt, ticket } = details;
  if (grant?.expiresAt == null || grant.grantedAt === null) return null;
  const expiresAt = new Date(grant.expiresAt);
  const warning = warnAt(details, expiresAt);
  // What is shorter than its warning, or hardly longer, is over before anybody reads one.
  const isShort = isBefore(warning, addMinutes(new Date(grant.grantedAt), 1));
  const next = warnedAt !== null || isShort ? expiresAt : warning;
  return ticket === null || tickets === undefined ? next : min([next, addMinutes(now, lookMinutes(details))]);
}

const lookMinutes = ({ durationMinutes }: Details): number =>
  Math.max(LEAST_TICKET_MINUTES, Math.min(MOST_TICKET_MINUTES, Math.round(durationMinutes / LOOKS)));

function warnAt({ durationMinutes }: Details, expiresAt: Date): Date {
  const fifth = Math.round(durationMinutes / 5);
  return subMinutes(expiresAt, Math.max(LEAST_WARNING_MINUTES, Math.min(MOST_WARNING_MINUTES, fifth)));
}

/** A tracker that is away, slow or silent ends nothing early. */
async function ticketStatus({ sources }: VerbContext, ticket: string | null) {
  if (ticket === null || sources.tickets === undefined) return 'unknown';
  const late = new Promise<'unknown'>((resolve) => {
    setTimeout(() => resolve('unknown'), TICKET_MILLISECONDS).unref();
  });
  return Promise.race([sources.tickets.status(ticket).catch(() => 'unknown' as const), late]);
}
