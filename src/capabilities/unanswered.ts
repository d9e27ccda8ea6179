import { min } from 'date-fns/min';
import type { EventDraft } from '../ledger/index.js';
import { oblige } from '../policy/index.js';
import type { RequestOf, VerbContext } from './define.js';
import { waitLonger, waitStep } from './outages.js';

interface Pending {
  pendingUntil: string;
  /** How much of that was added because Slack was away. */
  outageMilliseconds: number;
}

/**
 * What becomes of a request that nobody answered in time, as one step: it waits on for as long as Slack was away, up to
 * `latest`, and is closed after that. Closed is not denied: nobody said no, and the requester is told so.
 */
export async function unanswered<Name extends string, Details extends Pending>(
  context: VerbContext,
  name: Name,
  request: RequestOf<string, Details>,
  { latest, data = {} }: { latest?: Date; data?: EventDraft['data'] } = {},
) {
  const now = context.clock.now();
  const { id, createdAt, details } = request;
  const { pendingUntil, outageMilliseconds: counted } = details;
  const longer = await waitLonger(context, { since: createdAt, until: new Date(pendingUntil), counted });
  if (longer !== null && (latest === undefined || now < latest)) {
    const until = latest === undefined ? longer.until : min([longer.until, latest]);
    return {
      ...waitStep(name, request, { ...longer, now, until }),
      details: { ...details, pendingUntil: until.toISOString(), outageMilliseconds: longer.counted },
    };
  }
  return {
    on: 'time_out' as const,
    details: { ...details, decided: { by: null, at: now.toISOString(), reason: null } },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: `${name}.pending_timeout`,
      message: 'Nobody answered in time.',
      basis: { request: id, pendingUntil },
    }),
    event: { type: `${name}.timed_out` as const, actor: { process: 'worker' }, data },
  };
}
