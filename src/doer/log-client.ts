import { z } from 'zod';
import { HASH_BYTES } from '../core/merkle.js';
import type { FetchConsistency } from './logged.js';

const Hashes = z.array(z.base64()).max(128);
const TIMEOUT_MILLISECONDS = 5_000;

/** Reads the log's public consistency proofs. What they say is verified, so the connection needs no trust. */
export const logClient =
  (ledgerUrl: string): FetchConsistency =>
  async (from, to) => {
    const answer = await fetch(`${ledgerUrl}/consistency?from=${from}&to=${to}`, {
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    if (!answer.ok) throw new Error(`the log answered ${answer.status}`);
    const hashes = Hashes.parse(await answer.json()).map((hash) => Buffer.from(hash, 'base64'));
    if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw new Error('the log sent no hashes');
    return hashes;
  };
