import type { Pool } from 'pg';
import { formatLogProof } from '../core/checkpoint.js';
import type { TenantId } from '../core/tenant.js';
import { minIndex } from './min-index.js';
import { TILE_WIDTH, type TileName } from './tiles.js';
import { readTree, storedTiles } from './tree-reader.js';

/** What a log shows to the world: everything here but `entryBundle` is public. Null where there is nothing (yet). */
export interface PublishedLog {
  /** The newest signed note with the cosignatures it has; with `witnesses`, the newest that has so many. */
  checkpoint(witnesses?: number): Promise<string | null>;
  tile(tile: TileName & { level: number }): Promise<Buffer | null>;
  /** Entries, each after its length as u16: personal data is not in them, but who did what is. */
  entryBundle(tile: Omit<TileName, 'level'>): Promise<Buffer | null>;
  /** A C2SP tlog-proof that the entry is under the newest checkpoint. */
  proof(seq: number): Promise<string | null>;
  /** From one size to a later one; null unless 1 ≤ from ≤ to ≤ the newest signed size. */
  consistency(from: number, to: number): Promise<Buffer[] | null>;
  /** Every key the log ever signed with, in the order of its history. */
  verifierKeys(): Promise<string[]>;
  minIndex(): Promise<number>;
}

export function publishedLog(pool: Pool, tenant: TenantId): PublishedLog {
  const tiles = storedTiles(pool, tenant);

  async function newest(witnesses: number): Promise<{ size: number; note: string } | null> {
    const { rows } = await pool.query<{ size: string; note: string; lines: string | null }>(
      `SELECT size, note, (SELECT string_agg(line, '' ORDER BY witness) FROM ledger.ledger_cosignature AS cosigned
                           WHERE cosigned.tenant = signed.tenant AND cosigned.size = signed.size) AS lines
       FROM ledger.ledger_checkpoint AS signed
       WHERE tenant = $1 AND ($2 = 0 OR (SELECT count(*) FROM ledger.ledger_cosignature AS cosigned
                              WHERE cosigned.tenant = signed.tenant AND cosigned.size = signed.size) >= $2)
       ORDER BY size DESC LIMIT 1`,
      [tenant, witnesses],
    );
    const row = rows[0];
    return row ? { size: Number(row.size), note: row.note + (row.lines ?? '') } : null;
  }

  return {
    checkpoint: async (witnesses = 0) => (await newest(witnesses))?.note ?? null,
    tile: tiles,
    async entryBundle({ index, width }) {
      const first = index * TILE_WIDTH;
      const { rows } = await pool.query<{ entry: Buffer }>(
        'SELECT entry FROM ledger.ledger_entry WHERE tenant = $1 AND seq >= $2 AND seq < $3 ORDER BY seq',
        [tenant, first, first + width],
      );
      return rows.length === width
        ? Buffer.concat(rows.flatMap(({ entry }) => [lengthOf(entry), entry]))
        : null;
    },
    async proof(seq) {
      const head = await newest(0);
      if (!head || seq >= head.size) return null;
      const proof = await readTree(tiles, head.size).inclusion(seq);
      return formatLogProof({ index: seq, proof, checkpoint: head.note });
    },
    async consistency(from, to) {
      const head = await newest(0);
      if (!head || from < 1 || from > to || to > head.size) return null;
      return readTree(tiles, to).consistency(from);
    },
    async verifierKeys() {
      const { rows } = await pool.query<{ vkeys: string[] }>(
        'SELECT vkeys FROM ledger.ledger_signing WHERE tenant = $1 ORDER BY size',
        [tenant],
      );
      return [...new Set(rows.flatMap((row) => row.vkeys))];
    },
    minIndex: () => minIndex(pool, tenant),
  };
}

/** An entry with the tlog-proof that it is in the log; null when there is none. */
export interface ProvenEntry {
  seq: number;
  entry: Buffer;
  leaf: Buffer;
  proof: string;
}

/** The proof of an event, once it is sequenced: what travels with a packet (rule 7). */
export async function proveEvent(pool: Pool, tenant: TenantId, eventId: string): Promise<ProvenEntry | null> {
  const { rows } = await pool.query<{ seq: string }>(
    'SELECT seq FROM ledger.ledger_sequenced WHERE tenant = $1 AND event_id = $2',
    [tenant, eventId],
  );
  return rows[0] ? proveEntry(pool, tenant, Number(rows[0].seq)) : null;
}

export async function proveEntry(pool: Pool, tenant: TenantId, seq: number): Promise<ProvenEntry | null> {
  const { rows } = await pool.query<{ entry: Buffer; leaf_hash: Buffer }>(
    'SELECT entry, leaf_hash FROM ledger.ledger_entry WHERE tenant = $1 AND seq = $2',
    [tenant, seq],
  );
  const proof = await publishedLog(pool, tenant).proof(seq);
  const row = rows[0];
  return row && proof !== null ? { seq, entry: row.entry, leaf: row.leaf_hash, proof } : null;
}

function lengthOf(entry: Buffer): Buffer {
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(entry.length);
  return length;
}
