import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.js';
import { CountersignError } from '../core/errors.js';
import { parseVerifierKey, type VerifierKey } from '../core/note.js';
import type { WitnessOptions } from './witness.js';

/** A witness's one file. Paths are relative to it. */
const Settings = z.strictObject({
  /** A name of your own, like `witness.example.com/security`. */
  name: z.string().regex(/^[^\s+]{1,100}$/),
  /** PKCS #8 PEM, mode 0600; made at first start. */
  keyFile: z.string().min(1),
  stateDirectory: z.string().min(1),
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535),
  /** Verifier keys of the logs to watch; several of one log while its keys rotate. */
  logs: z.array(z.string()).min(1),
});

export interface WitnessSettings extends WitnessOptions {
  host: string;
  port: number;
}

/** Reads the file, and makes the key at first start. Throws `witness_settings_invalid`. */
export async function readWitnessSettings(path: string, clock: Clock): Promise<WitnessSettings> {
  const parsed = Settings.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success)
    throw new CountersignError('witness_settings_invalid', `${path}: ${z.prettifyError(parsed.error)}`);
  const { name, keyFile, stateDirectory, host, port, logs } = parsed.data;
  const at = (file: string) => resolve(dirname(path), file);
  const byOrigin = new Map<string, VerifierKey[]>();
  for (const key of logs.map(parseVerifierKey))
    byOrigin.set(key.name, [...(byOrigin.get(key.name) ?? []), key]);
  const privateKey = createPrivateKey(await readOrMakeKey(at(keyFile)));
  return {
    signer: { name, type: 0x04, privateKey },
    logs: byOrigin,
    stateDirectory: at(stateDirectory),
    clock,
    host,
    port,
  };
}

async function readOrMakeKey(path: string): Promise<string> {
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  await writeFile(path, made, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  return readFile(path, 'utf8');
}
