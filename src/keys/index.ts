export { openKeys } from './open.js';
export { keysInDirectory, type ProcessKeys } from './process-keys.js';
export { readVault, type VaultPlace } from './vault.js';
