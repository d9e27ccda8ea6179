import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.js';
import { verifierKeyOf } from '../../src/core/note.js';
import type { TenantId } from '../../src/core/tenant.js';
import { loadCheckpointKeys, logOrigin, readWitnessSettings } from '../../src/ledger/index.js';
import { freePort } from '../../test/harness/slack/index.js';
import { CHANNELS } from './workspace.js';

export interface Anchors {
  /** For the processes' ANCHORS_FILE. */
  file: string;
  witness: { url: string; vkey: string; settingsFile: string };
}

/**
 * Where the demo's checkpoints leave its database: a file, a channel that people read, and a witness of its own process,
 * key and state. On one machine the three trust domains are played; an installation gives each to somebody else.
 */
export async function keepAnchors(dataDir: string, tenant: TenantId): Promise<Anchors> {
  const signers = (await loadCheckpointKeys(join(dataDir, 'keys', 'sequencer'))).signersFor(
    logOrigin(tenant),
  );
  const logs = signers.map(verifierKeyOf);
  const port = await freePort();
  const home = join(dataDir, 'witness');
  const settingsFile = join(home, 'witness.json');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  write(settingsFile, {
    name: 'witness.hookpilot.example/security',
    keyFile: 'witness.pem',
    stateDirectory: 'state',
    port,
    logs,
  });
  const { signer } = await readWitnessSettings(settingsFile, systemClock);
  const witness = { url: `http://127.0.0.1:${port}`, vkey: verifierKeyOf(signer), settingsFile };
  const file = join(dataDir, 'anchors.json');
  write(file, {
    logKeys: logs,
    file: { path: 'anchors/checkpoints', domain: 'operations' },
    channel: { id: CHANNELS.checkpoints, domain: 'slack' },
    witnesses: [{ url: witness.url, vkey: witness.vkey, domain: 'security' }],
  });
  return { file, witness };
}

function write(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
