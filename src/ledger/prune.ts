import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { CountersignError } from '../core/errors.js';
import { newEventId } from '../core/ids.js';
import { HASH_BYTES, leafHash } from '../core/merkle.js';
import type { TenantId } from '../core/tenant.js';
import { minIndex } from './min-index.js';
import { encodePayload } from './payload.js';
import { TILE_WIDTH } from './tiles.js';
import { RANGE_ENTRIES } from './tree.js';
import { storedTiles } from './tree-reader.js';

export const PRUNED = 'ledger.pruned';

/**
 * Drops the oldest 65,536 entries once an export that holds each of them is at hand, and writes that into the ledger with
 * the archive's SHA-256. Tiles stay: roots and proofs are as before. Throws `prune_refused` when the archive is not whole,
 * when the range is younger than 24 months, or when a legal hold stands. `archive` gives an export's lines.
 */
export async function pruneOldestRange(
  pool: Pool,
  tenant: TenantId,
  { archive, at }: { archive: AsyncIterable<string>; at: Date },
): Promise<{ first: number; archive: string }> {
  const first = await minIndex(pool, tenant);
  const digest = await checkArchive(pool, tenant, { archive, first });
  const id = newEventId();
  const payload = encodePayload({
    id,
    type: PRUNED,
    at,
    request: null,
    actor: { process: 'owner' },
    people: {},
    commitments: {},
    data: { first, entries: RANGE_ENTRIES, archive: digest },
    decision: null,
  });
  const event = [{ eventId: id, payload, personal: [], policyInput: null }];
  await pool
    .query('SELECT ledger.prune_range($1, $2, $3)', [tenant, first, JSON.stringify(event)])
    .catch((error: unknown) => {
      throw new CountersignError('prune_refused', error instanceof Error ? error.message : 'refused');
    });
  return { first, archive: digest };
}

/** Every entry of the range, recomputed from the archive's bytes, has the leaf that the tree has. */
async function checkArchive(
  pool: Pool,
  tenant: TenantId,
  { archive, first }: { archive: AsyncIterable<string>; first: number },
): Promise<string> {
  const tiles = storedTiles(pool, tenant);
  const digest = createHash('sha256');
  let seq: number | null = null;
  let tile: Buffer | null = null;
  for await (const line of archive) {
    digest.update(`${line}\n`);
    if (seq === null) seq = firstOf(line);
    else {
      if (seq >= first && seq < first + RANGE_ENTRIES) {
        const place = seq % TILE_WIDTH;
        if (place === 0 || tile === null)
          tile = await tiles({ level: 0, index: Math.floor(seq / TILE_WIDTH), width: TILE_WIDTH });
        const leaf = leafHash(Buffer.from(line.split(' ')[0] ?? '', 'base64'));
        if (!tile?.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES).equals(leaf))
          throw new CountersignError('prune_refused', `The archive does not hold entry ${seq}.`);
      }
      seq += 1;
    }
  }
  if (seq === null || seq < first + RANGE_ENTRIES)
    throw new CountersignError('prune_refused', `The archive ends before entry ${first + RANGE_ENTRIES}.`);
  return digest.digest('hex');
}

function firstOf(header: string): number {
  const first = /"first":(\d{1,15})[,}]/.exec(header)?.[1];
  if (first === undefined) throw new CountersignError('prune_refused', 'The archive is no export of ours.');
  return Number(first);
}
