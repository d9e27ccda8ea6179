import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';
import type { NoteSigner } from '../core/note.js';

const CheckpointSignerFile = z.strictObject({
  v: z.literal(1),
  type: z.literal('checkpoint_signer'),
  /** PKCS #8, base64 DER; the oldest first. */
  privateKeys: z.array(z.base64()).min(1).max(4),
});

/** `checkpoint-signer.json`, mode 0600, the sequencer's alone. Two keys during the overlap of a rotation: both sign. */
export const CheckpointSigner = CheckpointSignerFile.transform(({ privateKeys }) =>
  checkpointKeysOf(
    ...privateKeys.map((key) =>
      createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' }),
    ),
  ),
);

export const CHECKPOINT_SIGNER_FILE = 'checkpoint-signer.json';

/** Signs for any log of this installation: key ids differ by origin, the key is one. */
export interface CheckpointKeys {
  signersFor(origin: string): NoteSigner[];
}

/**
 * Reads the checkpoint keys, read anew at each start. A directory that has none gets a fresh one: a log that was signed
 * before refuses to go on with it (see `takeLog`), so a lost key is noticed and never replaced in silence.
 */
export async function loadCheckpointKeys(directory: string): Promise<CheckpointKeys> {
  const path = join(directory, CHECKPOINT_SIGNER_FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) {
    await createKeyFile(directory, path);
    return loadCheckpointKeys(directory);
  }
  return parseKeys(text);
}

/** Keys given in memory. */
export const checkpointKeysOf = (...privateKeys: readonly KeyObject[]): CheckpointKeys => ({
  signersFor: (origin) => privateKeys.map((privateKey) => ({ name: origin, type: 0x01, privateKey })),
});

function parseKeys(text: string): CheckpointKeys {
  try {
    return CheckpointSigner.parse(JSON.parse(text));
  } catch {
    // Without cause: a parser's message may quote the key.
    throw new CountersignError(
      'checkpoint_key_invalid',
      `${CHECKPOINT_SIGNER_FILE} is not a checkpoint signer file.`,
    );
  }
}

async function createKeyFile(directory: string, path: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const privateKey = generateKeyPairSync('ed25519')
    .privateKey.export({ format: 'der', type: 'pkcs8' })
    .toString('base64');
  const file: z.infer<typeof CheckpointSignerFile> = {
    v: 1,
    type: 'checkpoint_signer',
    privateKeys: [privateKey],
  };
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  await writeFile(aside, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  // Two that start at once agree: the second finds the first's.
  await link(aside, path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await rm(aside);
}
