import { canonicalJson, type Json } from './canonical.js';
import { CountersignError } from './errors.js';

/**
 * Reads bytes the one way they can be read: UTF-8 without BOM, and exactly the RFC 8785 text of their own
 * value. That comparison refuses duplicate keys, unsafe integers, lone surrogates, stray spaces and odd escapes at once,
 * since each of them would re-serialise to other bytes. Throws `json_ambiguous`.
 */
export function parseStrictJson(bytes: Uint8Array): Json {
  try {
    const text = utf8.decode(bytes);
    const value = parseJson(text);
    if (canonicalJson(value) === text) return value;
  } catch (error) {
    throw new CountersignError('json_ambiguous', 'This is not strict JSON.', {
      cause: error,
    });
  }
  throw new CountersignError('json_ambiguous', 'This is not canonical JSON.');
}

const parseJson: (text: string) => Json = JSON.parse;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
