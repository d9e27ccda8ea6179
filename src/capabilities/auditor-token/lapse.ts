import { addHours } from 'date-fns/addHours';
import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import { waitLonger, waitStep } from '../outages.js';
import type { TokenState } from './machine.js';
import { type Details, FETCH_HOURS } from './schemas.js';
import { NAME, transition } from './stored.js';

/** Approved, but not fetched in time: the token is never made. Time in which Slack was away is added first. */
export const lapse: Step<TokenState, Details> = async (context, request) => {
  const now = context.clock.now();
  const since = new Date(request.details.decided?.at ?? request.updatedAt);
  const longer = await waitLonger(context, { since, until: addHours(since, FETCH_HOURS), counted: 0 });
  if (longer !== null && now < longer.until)
    return transition(context, request, {
      ...waitStep(NAME, request, { ...longer, now }),
      details: { ...request.details, fetchUntil: longer.until.toISOString() },
    });
  return transition(context, request, {
    on: 'lapse',
    details: request.details,
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'auditor-token.not_fetched',
      message: 'The token was not fetched in time.',
      basis: { request: request.id, fetchUntil: request.details.fetchUntil },
    }),
    event: { type: 'auditor-token.lapsed', actor: { process: 'worker' } },
  });
};
