import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { verifierKeyOf } from '../../src/core/note.js';
import type { TenantId } from '../../src/core/tenant.js';
import {
  emptySealedStore,
  generateSealedKey,
  SEALED_KEY_FILE,
  SealedKey,
  sealRoot,
} from '../../src/credentials/index.js';
import { LEDGER_KEYS_FILE, type LedgerKeys } from '../../src/doer/index.js';
import { loadCheckpointKeys, logOrigin } from '../../src/ledger/index.js';
import { generateKeySet, keyFileNames } from '../../src/packet/index.js';

const password = z.string().length(32);

/** What this installation made up at its first start; kept in its data directory, mode 0600. */
const Secrets = z.object({
  ours: password,
  target: password,
  logins: z.object({ cs_app: password, cs_worker: password, cs_sequencer: password, cs_doer: password }),
  auditorToken: z.string(),
  slack: z.object({ botToken: z.string(), appToken: z.string(), signingSecret: z.string() }),
});
export type Secrets = z.infer<typeof Secrets>;

/** Databases made under secrets that are gone cannot be opened again. */
export const hasSecrets = (dataDir: string): boolean => existsSync(join(dataDir, 'secrets.json'));

export function keepSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  if (!hasSecrets(dataDir)) writePrivate(file, newSecrets());
  return Secrets.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Each process's keys in a directory of its own, as an installation hands them out. */
export async function keepKeys(dataDir: string, tenant: TenantId): Promise<void> {
  const keys = join(dataDir, 'keys');
  if (existsSync(keys)) return;
  const set = generateKeySet(tenant);
  for (const gatekeeper of ['app', 'worker'] as const) {
    writePrivate(join(keys, gatekeeper, keyFileNames.packetSigner), set[gatekeeper].packetSigner);
    writePrivate(join(keys, gatekeeper, keyFileNames.receiptKeyring), set[gatekeeper].receiptKeyring);
  }
  writePrivate(join(keys, 'doer', keyFileNames.packetKeyring), set.doer.packetKeyring);
  writePrivate(join(keys, 'doer', keyFileNames.receiptSigner), set.doer.receiptSigner);
  writePrivate(join(keys, 'doer', SEALED_KEY_FILE), generateSealedKey());
  const origin = logOrigin(tenant);
  const signers = (await loadCheckpointKeys(join(keys, 'sequencer'))).signersFor(origin);
  const trusted: LedgerKeys = { v: 1, type: 'ledger_keys', origin, vkeys: signers.map(verifierKeyOf) };
  writePrivate(join(keys, 'doer', LEDGER_KEYS_FILE), trusted);
}

/** The doer's sealed store with the root credentials of these systems in it. */
export function keepSealedRoots(
  dataDir: string,
  roots: Readonly<Record<string, { user: string; password: string }>>,
): void {
  const key = SealedKey.parse(
    JSON.parse(readFileSync(join(dataDir, 'keys', 'doer', SEALED_KEY_FILE), 'utf8')),
  );
  const store = Object.entries(roots).reduce(
    (sealed, [system, root]) => sealRoot(sealed, key, system, root),
    emptySealedStore(),
  );
  writePrivate(join(dataDir, 'target', 'sealed-store.json'), store);
}

function writePrivate(file: string, value: unknown): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}

function newSecrets(): Secrets {
  const fresh = () => randomBytes(24).toString('base64url');
  return {
    ours: fresh(),
    target: fresh(),
    logins: { cs_app: fresh(), cs_worker: fresh(), cs_sequencer: fresh(), cs_doer: fresh() },
    auditorToken: `csa_${fresh()}`,
    slack: { botToken: `xoxb-demo-${fresh()}`, appToken: `xapp-demo-${fresh()}`, signingSecret: fresh() },
  };
}
