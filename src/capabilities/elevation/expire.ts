import type { Step } from '../define.js';
import { askEnd } from './ask-end.js';
import type { ElevationState } from './machine.js';
import type { Details } from './schemas.js';

/** The granted time is over. */
export const expire: Step<ElevationState, Details> = (context, request) =>
  askEnd(context, request, { now: context.clock.now(), reason: 'expired', by: null });
