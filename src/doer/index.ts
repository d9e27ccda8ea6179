export { Limits } from './limits.js';
export { LEDGER_KEYS_FILE, LedgerKeys } from './logged.js';
export type { Doer, DoerOptions } from './start.js';
export { startDoer } from './start.js';
export { Targets } from './targets.js';
