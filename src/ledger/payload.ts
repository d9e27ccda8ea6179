import { randomBytes } from 'node:crypto';
import { canonicalJson, type Json } from '../core/canonical.js';

/** What an entry says. People are pseudonyms, texts are commitments (rule 16). */
export interface EventPayload {
  id: string;
  type: string;
  at: Date;
  request: string | null;
  actor: string | { process: string };
  people: Readonly<Record<string, string>>;
  commitments: Readonly<Record<string, string>>;
  data: Readonly<Record<string, Json>>;
  decision: { effect: string; rules: string[]; policyDigest: string; inputDigest: string } | null;
}

/** The RFC 8785 text that is hashed. Its 16 random bytes keep a public leaf hash from confirming anyone's guess. */
export const encodePayload = (event: EventPayload): string =>
  canonicalJson({ ...event, v: 1, at: event.at.toISOString(), nonce: randomBytes(16).toString('base64url') });
