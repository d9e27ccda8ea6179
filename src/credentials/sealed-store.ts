import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';

/** `sealed-key.json` in the doer's key directory: AES-256, base64. */
export const SealedKey = z.strictObject({
  v: z.literal(1),
  type: z.literal('sealed_key'),
  key: z.base64().length(44),
});
export type SealedKey = z.infer<typeof SealedKey>;

const Box = z.strictObject({ iv: z.base64(), tag: z.base64(), data: z.base64() });

/** The sealed store file: a root credential a system, each encrypted under the sealed key. */
export const SealedStore = z.strictObject({
  v: z.literal(1),
  type: z.literal('sealed_store'),
  roots: z.record(z.string(), Box),
});
export type SealedStore = z.infer<typeof SealedStore>;

/** A login that makes logins; or, of an HTTP API, the client's id and its private key in PEM. */
export const RootCredential = z.strictObject({ user: z.string(), password: z.string() });
export type RootCredential = z.infer<typeof RootCredential>;

export const SEALED_KEY_FILE = 'sealed-key.json';

export const generateSealedKey = (): SealedKey => ({
  v: 1,
  type: 'sealed_key',
  key: randomBytes(32).toString('base64'),
});

export const emptySealedStore = (): SealedStore => ({ v: 1, type: 'sealed_store', roots: {} });

/** The store with this system's root credential put in, or replaced. */
export function sealRoot(
  store: SealedStore,
  key: SealedKey,
  system: string,
  root: RootCredential,
): SealedStore {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.key, 'base64'), iv).setAAD(boundTo(system));
  const data = Buffer.concat([cipher.update(JSON.stringify(root)), cipher.final()]);
  const box = {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return { ...store, roots: { ...store.roots, [system]: box } };
}

/** Throws `sealed_store_unreadable` when the system is not there, or the key or the bytes are not what sealed it. */
export function openRoot(store: SealedStore, key: SealedKey, system: string): RootCredential {
  const box = store.roots[system];
  if (!box) throw unreadable(system);
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(key.key, 'base64'),
      Buffer.from(box.iv, 'base64'),
      { authTagLength: 16 },
    );
    decipher.setAAD(boundTo(system)).setAuthTag(Buffer.from(box.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(box.data, 'base64')), decipher.final()]).toString(
      'utf8',
    );
    return RootCredential.parse(JSON.parse(text));
  } catch {
    throw unreadable(system); // without the cause: it might quote what was decrypted
  }
}

/** Binds a box to its system, so that one system's root cannot be moved under another's name. */
const boundTo = (system: string): Buffer => Buffer.from(`countersign-sealed-v1\n${system}`);

const unreadable = (system: string) =>
  new CountersignError('sealed_store_unreadable', 'The sealed credential of a target cannot be opened.', {
    detail: system,
  });
