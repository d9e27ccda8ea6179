import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import type { ElevationState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';

/** Nobody answered in time. A timeout is no denial: nobody said no, and the requester is told so. */
export const timeOut: Step<ElevationState, Details> = (context, request) => {
  const now = context.clock.now();
  return transition(context, request, {
    on: 'time_out',
    details: { ...request.details, decided: { by: null, at: now.toISOString(), reason: null } },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'elevation.pending_timeout',
      message: 'Nobody answered in time.',
      basis: { request: request.id, pendingUntil: request.details.pendingUntil },
    }),
    event: {
      type: 'elevation.timed_out',
      actor: { process: 'worker' },
      data: { votes: request.votes.length },
    },
  });
};
