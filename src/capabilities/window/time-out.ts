import { min } from 'date-fns/min';
import { oblige } from '../../policy/index.js';
import type { Step, VerbContext } from '../define.js';
import { waitLonger } from '../outages.js';
import type { WindowState } from './machine.js';
import type { Details, WindowRequest } from './schemas.js';
import { transition } from './stored.js';

/** Nobody answered in time. Time in which Slack was away is added first, up to the window's own end. */
export const timeOut: Step<WindowState, Details> = async (context, request) => {
  const now = context.clock.now();
  const { pendingUntil, outageMilliseconds, terms } = request.details;
  const longer = await waitLonger(context, {
    since: request.createdAt,
    until: new Date(pendingUntil),
    counted: outageMilliseconds,
  });
  if (longer !== null && now < new Date(terms.endsAt))
    return wait(context, request, now, { ...longer, until: min([longer.until, new Date(terms.endsAt)]) });
  return transition(context, request, {
    on: 'time_out',
    details: { ...request.details, decided: { by: null, at: now.toISOString(), reason: null } },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'window.pending_timeout',
      message: 'Nobody answered in time.',
      basis: { request: request.id, pendingUntil },
    }),
    event: { type: 'window.timed_out', actor: { process: 'worker' } },
  });
};

const wait = (
  context: VerbContext,
  request: WindowRequest,
  now: Date,
  { until, counted }: { until: Date; counted: number },
) =>
  transition(context, request, {
    on: 'wait',
    details: { ...request.details, pendingUntil: until.toISOString(), outageMilliseconds: counted },
    dueAt: until,
    at: now,
    decision: oblige({
      rule: 'window.slack_was_away',
      message: 'Slack was away, so nobody could answer.',
      basis: { request: request.id, milliseconds: counted },
    }),
    event: {
      type: 'window.waited_longer',
      actor: { process: 'worker' },
      data: { until: until.toISOString(), outageMilliseconds: counted },
    },
  });
