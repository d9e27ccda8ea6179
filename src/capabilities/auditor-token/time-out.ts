import type { Step } from '../define.js';
import { unanswered } from '../unanswered.js';
import type { TokenState } from './machine.js';
import type { Details } from './schemas.js';
import { NAME, transition } from './stored.js';

/** Nobody answered in time. Time in which Slack was away is added first. */
export const timeOut: Step<TokenState, Details> = async (context, request) =>
  transition(context, request, await unanswered(context, NAME, request));
