import { oblige } from '../../policy/index.js';
import type { Step, VerbContext } from '../define.js';
import { waitLonger } from '../outages.js';
import type { ElevationState } from './machine.js';
import type { Details, Elevation } from './schemas.js';
import { transition } from './stored.js';

/**
 * Nobody answered in time. A timeout is no denial: nobody said no, and the requester is told so. Time in which Slack was
 * away is added first, since nobody could answer then.
 */
export const timeOut: Step<ElevationState, Details> = async (context, request) => {
  const now = context.clock.now();
  const { pendingUntil, outageMilliseconds } = request.details;
  const longer = await waitLonger(context, {
    since: request.createdAt,
    until: new Date(pendingUntil),
    counted: outageMilliseconds,
  });
  if (longer !== null) return wait(context, request, now, longer);
  return transition(context, request, {
    on: 'time_out',
    details: { ...request.details, decided: { by: null, at: now.toISOString(), reason: null } },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'elevation.pending_timeout',
      message: 'Nobody answered in time.',
      basis: { request: request.id, pendingUntil },
    }),
    event: {
      type: 'elevation.timed_out',
      actor: { process: 'worker' },
      data: { votes: request.votes.length },
    },
  });
};

const wait = (
  context: VerbContext,
  request: Elevation,
  now: Date,
  { until, counted }: { until: Date; counted: number },
) =>
  transition(context, request, {
    on: 'wait',
    details: { ...request.details, pendingUntil: until.toISOString(), outageMilliseconds: counted },
    dueAt: until,
    at: now,
    decision: oblige({
      rule: 'elevation.slack_was_away',
      message: 'Slack was away, so nobody could answer.',
      basis: { request: request.id, milliseconds: counted },
    }),
    event: {
      type: 'elevation.waited_longer',
      actor: { process: 'worker' },
      data: { until: until.toISOString(), outageMilliseconds: counted },
    },
  });
