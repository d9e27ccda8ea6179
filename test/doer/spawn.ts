import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import type { World } from './world.js';

const children: ChildProcess[] = [];

/** The real process, dying as a machine does at the named spot; `settings` stand above those of the world. */
export function spawnDoer(
  world: World,
  spot?: string,
  settings: Readonly<Record<string, string>> = {},
): ChildProcess {
  const files = world.doerFiles('a');
  const env: Record<string, string> = {
    COUNTERSIGN_TENANT: files.tenant,
    COUNTERSIGN_DATABASE_URL: files.databaseUrl,
    COUNTERSIGN_KEYS_DIR: files.keysDir,
    COUNTERSIGN_DATA_DIR: files.dataDir,
    COUNTERSIGN_LIMITS_FILE: files.limitsFile,
    COUNTERSIGN_TARGETS_FILE: files.targetsFile,
    COUNTERSIGN_LEDGER_URL: files.ledgerUrl,
    ...(spot === undefined ? {} : { COUNTERSIGN_FAULT_SPOT: spot }),
    ...settings,
  };
  const child = spawn(process.execPath, [join(inject('programs'), 'doer.js')], {
    env,
    stdio: 'ignore',
  });
  children.push(child);
  return child;
}

/** Died at its spot, and of nothing else. */
export async function killed(child: ChildProcess): Promise<void> {
  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
}

/** Every process spawned by a test, at its end. */
export function killSpawned(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL');
}
