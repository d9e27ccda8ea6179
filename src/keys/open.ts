import type { Logger } from 'pino';
import { CountersignError } from '../core/errors.js';
import { keysInDirectory, keysInMemory, type ProcessKeys } from './process-keys.js';

/** Where the keys of a process are; the configuration checks that one place is named, and whole. */
interface KeyPlace {
  KEYS_DIR?: string | undefined;
  KEYS_VAULT_URL?: string | undefined;
  KEYS_VAULT_NAMESPACE?: string | undefined;
  KEYS_VAULT_MOUNT: string;
  KEYS_VAULT_PATH?: string | undefined;
  KEYS_VAULT_ROLE_ID?: string | undefined;
  KEYS_VAULT_SECRET_ID?: string | undefined;
  KEYS_VAULT_WRAPPED_SECRET_ID?: string | undefined;
}

const PATIENCE_MS = 60_000;

/**
 * This process's keys, from its directory or from Vault, read once: Vault is needed to start, never to go on. A Vault
 * that is away is waited for a minute, or `patienceMs`. Throws what `readVault` throws.
 */
export async function openKeys(
  place: KeyPlace,
  log: Pick<Logger, 'warn'>,
  patienceMs = PATIENCE_MS,
): Promise<ProcessKeys> {
  if (place.KEYS_DIR !== undefined) return keysInDirectory(place.KEYS_DIR);
  const { KEYS_VAULT_URL: url, KEYS_VAULT_PATH: path, KEYS_VAULT_ROLE_ID: roleId } = place;
  const wrapped = place.KEYS_VAULT_WRAPPED_SECRET_ID;
  const value = wrapped ?? place.KEYS_VAULT_SECRET_ID;
  if (url === undefined || path === undefined || roleId === undefined || value === undefined)
    throw new CountersignError('keys_nowhere', 'No place is named for the keys of this process.');
  const mount = place.KEYS_VAULT_MOUNT;
  // Its client is a third of what a small process loads, and most keys lie in directories.
  const { readVault } = await import('./vault.js');
  const texts = await readVault(
    {
      url,
      namespace: place.KEYS_VAULT_NAMESPACE,
      mount,
      path,
      roleId,
      secretId: { kind: wrapped === undefined ? 'plain' : 'wrapped', value },
    },
    { patienceMs, onWait: (why) => log.warn({ code: 'vault_away' }, why) },
  );
  return keysInMemory(`Vault at ${mount}/${path}`, texts);
}
