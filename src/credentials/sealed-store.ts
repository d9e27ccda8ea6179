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

export const SealedText = z.strictObject({ iv: z.base64(), tag: z.base64(), data: z.base64() });
export type SealedText = z.infer<typeof SealedText>;

/** The sealed store file: a root credential a system, each encrypted under the sealed key. */
export const SealedStore = z.strictObject({
  v: z.literal(1),
  type: z.literal('sealed_store'),
  roots: z.record(z.string(), SealedText),
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
export const sealRoot = (
  store: SealedStore,
  key: SealedKey,
  system: string,
  root: RootCredential,
): SealedStore => ({
  ...store,
  roots: { ...store.roots, [system]: seal(key, boundTo(system), JSON.stringify(root)) },
});

/** Throws `sealed_store_unreadable` when the system is not there, or the key or the bytes are not what sealed it. */
export function openRoot(store: SealedStore, key: SealedKey, system: string): RootCredential {
  const box = store.roots[system];
  if (!box) throw unreadable(system);
  try {
    return RootCredential.parse(JSON.parse(open(key, boundTo(system), box)));
  } catch {
    throw unreadable(system); // without the cause: it might quote what was decrypted
  }
}

/** A secret under the key, bound to `purpose`: moved to another place it does not open. */
export const sealText = (key: SealedKey, purpose: string, text: string): SealedText =>
  seal(key, Buffer.from(`countersign-text-v1\n${purpose}`), text);

/** Throws `sealed_store_unreadable`. */
export function openText(key: SealedKey, purpose: string, box: SealedText): string {
  try {
    return open(key, Buffer.from(`countersign-text-v1\n${purpose}`), box);
  } catch {
    throw unreadable(purpose);
  }
}

function seal(key: SealedKey, aad: Buffer, text: string): SealedText {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.key, 'base64'), iv).setAAD(aad);
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

function open(key: SealedKey, aad: Buffer, box: SealedText): string {
  const decipher = createDecipheriv(
    'aes-256-gcm',
    Buffer.from(key.key, 'base64'),
    Buffer.from(box.iv, 'base64'),
    { authTagLength: 16 },
  );
  decipher.setAAD(aad).setAuthTag(Buffer.from(box.tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(box.data, 'base64')), decipher.final()]).toString('utf8');
}

/** Binds a box to its system, so that one system's root cannot be moved under another's name. */
const boundTo = (system: string): Buffer => Buffer.from(`countersign-sealed-v1\n${system}`);

const unreadable = (system: string) =>
  new CountersignError('sealed_store_unreadable', 'The sealed credential of a target cannot be opened.', {
    detail: system,
  });
