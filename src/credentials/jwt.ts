import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { CountersignError } from '../core/errors.js';

/** A JWT signed with RS256 (RFC 7519, RFC 7518 §3.3); times are seconds since 1970. */
export function signJwt(claims: Readonly<Record<string, string | number>>, privateKeyPem: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), readKey(privateKeyPem)).toString('base64url')}`;
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // Without the cause: a parser's message may quote the key.
    throw new CountersignError('sealed_store_unreadable', 'A sealed private key is not one.');
  }
}
