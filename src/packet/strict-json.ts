import { z } from 'zod';
import { canonicalJson } from '../core/canonical.js';

/**
 * Parses bytes that must be the RFC 8785 form of what they say, else undefined. Re-encoding and comparing refuses
 * duplicate keys, odd spellings of numbers and invalid UTF-8: two readers cannot see two packets in the same bytes.
 */
export function parseCanonical<T extends z.ZodType>(bytes: Uint8Array, schema: T): z.infer<T> | undefined {
  try {
    const text = Buffer.from(bytes).toString('utf8');
    const value: unknown = JSON.parse(text);
    const parsed = schema.safeParse(value);
    if (!parsed.success) return undefined;
    return Buffer.from(canonicalJson(z.json().parse(value))).equals(bytes) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Base64url in its one spelling: spare bits in the last character could otherwise change without a trace. */
export const ExactBase64Url = z
  .base64url()
  .refine(
    (text) => Buffer.from(text, 'base64url').toString('base64url') === text,
    'not the one spelling of these bytes',
  );
