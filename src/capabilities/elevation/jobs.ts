import type { Step } from '../define.js';
import { execute } from './execute.js';
import { live } from './live.js';
import type { ElevationState } from './machine.js';
import { remind } from './remind.js';
import type { Details } from './schemas.js';
import { sendEnd } from './send-end.js';

/** What a state does when its time has come. The wake-up is a hint; these re-read and compare-and-set. */
export const due: Readonly<Partial<Record<ElevationState, Step<ElevationState, Details>>>> = {
  pending: remind,
  approved: execute,
  executing: execute,
  active: live,
  ending: sendEnd,
  revoke_unproven: sendEnd,
};
