import { z } from 'zod';
import { parseStrictJson } from '../core/strict-json.js';

/** What RFC 8785 bytes say, when it is of that shape; else undefined. Two readers cannot see two packets in the same bytes. */
export function parseCanonical<T extends z.ZodType>(bytes: Uint8Array, schema: T): z.infer<T> | undefined {
  try {
    return schema.safeParse(parseStrictJson(bytes)).data;
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
