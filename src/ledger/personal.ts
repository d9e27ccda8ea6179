import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TenantId } from '../core/tenant.js';

/** A row of `ledger_personal`: salt and text under the subject's key, base64. Destroying the key erases both. */
export interface SealedText {
  field: string;
  pseudonym: string;
  sealed: string;
}

interface Place {
  tenant: TenantId;
  eventId: string;
  field: string;
  pseudonym: string;
}

const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM, bound to its place: a row moved to another event or field does not open. */
export function sealPersonal(key: Uint8Array, text: Place & { salt: Uint8Array; text: string }): SealedText {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(placeBytes(text));
  const body = Buffer.concat([cipher.update(text.salt), cipher.update(text.text, 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
  return { field: text.field, pseudonym: text.pseudonym, sealed };
}

/** Null when the bytes do not open under this key at this place. */
export function openPersonal(
  key: Uint8Array,
  place: Place,
  sealed: Uint8Array,
): { salt: Buffer; text: string } | null {
  const bytes = Buffer.from(sealed);
  if (bytes.length < IV_BYTES + TAG_BYTES + SALT_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(placeBytes(place))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const body = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return { salt: body.subarray(0, SALT_BYTES), text: body.subarray(SALT_BYTES).toString('utf8') };
  } catch {
    return null;
  }
}

const placeBytes = (place: Place): Buffer =>
  Buffer.from(['cs/personal/v1', place.tenant, place.eventId, place.field, place.pseudonym].join('\0'));
