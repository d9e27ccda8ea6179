import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * RFC 8785 (JCS) text of an I-JSON value (RFC 7493). Throws on what JSON cannot say exactly: unsafe integers, NaN,
 * `undefined` members and lone surrogates, so that two readers can never see two values in the same bytes.
 */
export function canonicalJson(value: Json): string {
  refuseInexact(value, '$');
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** SHA-256 of the RFC 8785 bytes, lower-case hex. */
export const canonicalDigest = (value: Json): string => sha256Hex(canonicalJson(value));

export const sha256Hex = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** What `sha256Hex` writes. */
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

function refuseInexact(value: unknown, at: string): void {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new TypeError(`${at}: integer beyond 2^53`);
  if (
    value === undefined ||
    typeof value === 'bigint' ||
    typeof value === 'function' ||
    typeof value === 'symbol'
  )
    throw new TypeError(`${at}: ${typeof value} is not JSON`);
  if (value === null || typeof value !== 'object') return;
  for (const [key, member] of Object.entries(value)) refuseInexact(member, `${at}.${key}`);
}
