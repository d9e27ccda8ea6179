import type { Step } from '../define.js';
import type { RecallState } from './machine.js';
import { remind } from './remind.js';
import type { Details } from './schemas.js';

/** What a state does when its time has come. The wake-up is a hint; these re-read and compare-and-set. */
export const due: Readonly<Partial<Record<RecallState, Step<RecallState, Details>>>> = { reviewing: remind };
