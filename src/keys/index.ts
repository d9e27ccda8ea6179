export { openKeys } from './open.js';
export { keysInDirectory, type ProcessKeys } from './process-keys.js';
