import type { Step } from '../define.js';
import { timeOut } from './close.js';
import { erase, look } from './execute.js';
import type { ErasureState } from './machine.js';
import type { Details } from './schemas.js';

/** What a state does when its time has come. The wake-up is a hint; these re-read and compare-and-set. */
export const due: Readonly<Partial<Record<ErasureState, Step<ErasureState, Details>>>> = {
  pending: timeOut,
  approved: look,
  executing: erase,
};
