import type { Step } from '../define.js';
import { endByItself } from './end.js';
import type { AbsenceState } from './machine.js';
import type { Details } from './schemas.js';

/** What a state does when its time has come. */
export const due: Readonly<Partial<Record<AbsenceState, Step<AbsenceState, Details>>>> = {
  away: endByItself,
};
