import { createHmac, randomBytes } from 'node:crypto';

export const newSalt = (): Buffer => randomBytes(32);

/** HMAC-SHA-256(salt, "cs/pii/v1" ‖ 0 ‖ field ‖ 0 ‖ text), lower-case hex. Without the salt it confirms nobody's guess. */
export function commitTo(salt: Uint8Array, field: string, text: string): string {
  return createHmac('sha256', salt).update(`cs/pii/v1\0${field}\0${text}`, 'utf8').digest('hex');
}
