import type { Step } from '../define.js';
import { unanswered } from '../unanswered.js';
import type { WindowState } from './machine.js';
import type { Details } from './schemas.js';
import { NAME, transition } from './stored.js';

/** Nobody answered in time. Time in which Slack was away is added first, up to the window's own end. */
export const timeOut: Step<WindowState, Details> = async (context, request) => {
  const latest = new Date(request.details.terms.endsAt);
  return transition(context, request, await unanswered(context, NAME, request, { latest }));
};
