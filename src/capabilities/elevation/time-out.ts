import type { Step } from '../define.js';
import { unanswered } from '../unanswered.js';
import type { ElevationState } from './machine.js';
import type { Details } from './schemas.js';
import { NAME, transition } from './stored.js';

/** Nobody answered in time, or too few. Time in which Slack was away is added first. */
export const timeOut: Step<ElevationState, Details> = async (context, request) => {
  const data = { votes: request.votes.length };
  return transition(context, request, await unanswered(context, NAME, request, { data }));
};
