import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import { waitLonger } from '../outages.js';
import type { TokenState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';
import { wait } from './wait.js';

/** Nobody answered in time. Time in which Slack was away is added first. */
export const timeOut: Step<TokenState, Details> = async (context, request) => {
  const now = context.clock.now();
  const { pendingUntil, outageMilliseconds } = request.details;
  const longer = await waitLonger(context, {
    since: request.createdAt,
    until: new Date(pendingUntil),
    counted: outageMilliseconds,
  });
  if (longer !== null)
    return wait(context, request, {
      now,
      until: longer.until,
      away: longer.counted,
      details: { pendingUntil: longer.until.toISOString(), outageMilliseconds: longer.counted },
    });
  return transition(context, request, {
    on: 'time_out',
    details: { ...request.details, decided: { by: null, at: now.toISOString(), reason: null } },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'auditor-token.pending_timeout',
      message: 'Nobody answered in time.',
      basis: { request: request.id, pendingUntil },
    }),
    event: { type: 'auditor-token.timed_out', actor: { process: 'worker' } },
  });
};
