import type { Step } from '../define.js';
import { expire } from './expire.js';
import type { WindowState } from './machine.js';
import type { Details } from './schemas.js';
import { timeOut } from './time-out.js';

/** What a state does when its time has come. The wake-up is a hint; these re-read and compare-and-set. */
export const due: Readonly<Partial<Record<WindowState, Step<WindowState, Details>>>> = {
  pending: timeOut,
  open: expire,
  used_up: expire,
};
