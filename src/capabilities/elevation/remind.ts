import { ok } from '../../core/outcome.js';
import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import { wakeAt } from './deciding.js';
import type { ElevationState } from './machine.js';
import { nudgeAfter, nudged } from './nudges.js';
import { presentApprovers } from './present-approvers.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';
import { timeOut } from './time-out.js';

/**
 * What a waiting request does when its time has come: ends when nobody answered, else finds out who may still decide and
 * reminds them. One state has one due time, so the earlier of both is armed; a machine that died goes on from there.
 */
export const remind: Step<ElevationState, Details> = async (context, request) => {
  const now = context.clock.now();
  const { details } = request;
  if (now >= new Date(details.pendingUntil)) return timeOut(context, request);
  if (now < wakeAt(details)) return ok(null);
  const present = await presentApprovers(context, request, now);
  const step = details.deciding.nudgeStep;
  const people = nudged(
    context,
    { ...request, details: { ...details, deciding: { ...details.deciding, ...present } } },
    step,
  );
  const deciding = {
    ...details.deciding,
    ...present,
    nudges: [...details.deciding.nudges, { at: now.toISOString(), people }],
    nudgeStep: step + 1,
    nudgeAt: nudgeAfter(context, { system: details.system, step: step + 1, now }),
  };
  const next = {
    ...details,
    approvers: [...new Set(present.stages.flatMap((one) => one.approvers))],
    deciding,
  };
  return transition(context, request, {
    on: 'nudge',
    details: next,
    dueAt: wakeAt(next),
    at: now,
    decision: oblige({
      rule: 'elevation.nudged',
      message: 'Nobody has answered yet.',
      basis: { request: request.id, step },
    }),
    event: {
      type: 'elevation.nudged',
      actor: { process: 'worker' },
      data: { step, people: people.length, tooFew: present.tooFew },
    },
  });
};
