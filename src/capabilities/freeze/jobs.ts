import type { Step } from '../define.js';
import type { FreezeState } from './machine.js';
import type { Details } from './schemas.js';
import { sweep } from './sweep.js';

/** What a state does when its time has come. The wake-up is a hint; these re-read and compare-and-set. */
export const due: Readonly<Partial<Record<FreezeState, Step<FreezeState, Details>>>> = { frozen: sweep };
