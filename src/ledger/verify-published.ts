import type { Pool } from 'pg';
import { type Checkpoint, checkpointText, openCheckpoint } from '../core/checkpoint.js';
import { HASH_BYTES } from '../core/merkle.js';
import { parseVerifierKey } from '../core/note.js';
import type { TenantId } from '../core/tenant.js';
import type { Problem, StoredEntry } from './check-chain.js';
import { publishedLog } from './publish.js';
import { TILE_WIDTH } from './tiles.js';
import { type Edge, edgeRoot } from './tree.js';
import { readTree, storedTiles } from './tree-reader.js';
import { isExtension } from './verify-range.js';

/** Holds the recomputed tree against the tiles served and every checkpoint signed. */
export function checkPublished(pool: Pool, tenant: TenantId, origin: string) {
  let notes = new Map<number, string>();
  let tiles = new Map<number, Buffer>();
  let row: Buffer[] = [];
  let hasForked = false;

  function compareTile(index: number): Problem[] {
    const stored = tiles.get(index);
    const leaves = row;
    row = [];
    if (!stored)
      return [{ seq: index * TILE_WIDTH, mechanism: 'tile', detail: `tile 0/${index} is missing` }];
    // A range may begin inside a tile: its leaves are the tile's last ones.
    const skipped = TILE_WIDTH - leaves.length;
    const at = leaves.findIndex((leaf, place) => {
      const start = (skipped + place) * HASH_BYTES;
      return !leaf.equals(stored.subarray(start, start + HASH_BYTES));
    });
    const seq = index * TILE_WIDTH + skipped + at;
    return at < 0 ? [] : [{ seq, mechanism: 'tile', detail: 'the tile served holds another leaf hash' }];
  }

  return {
    /** Fetches what the next page will be compared with. */
    async load(page: readonly StoredEntry[]): Promise<void> {
      const [first, last] = [page[0]?.seq ?? 0, page.at(-1)?.seq ?? 0];
      notes = await readNotes(pool, tenant, { first, last });
      tiles = await readLeafTiles(pool, tenant, { first, last });
    },
    compare(edge: Edge, leaf: Buffer): Problem[] {
      const { size } = edge;
      row.push(leaf);
      const problems = size % TILE_WIDTH === 0 ? compareTile(size / TILE_WIDTH - 1) : [];
      const note = notes.get(size);
      // The first that disagrees says where; all later ones follow from it.
      if (
        !hasForked &&
        note !== undefined &&
        !note.startsWith(`${checkpointText({ origin, size, root: edgeRoot(edge) })}\n`)
      ) {
        hasForked = true;
        problems.push(ofCheckpoint(`the checkpoint signed at ${size} entries has another root`));
      }
      return problems;
    },
    /** The newest note under the log's own keys, and the root as anyone would compute it from tiles. */
    finish: async (edge: Edge): Promise<Problem[]> => [
      ...(await checkNewest(pool, tenant, { origin, edge })),
      ...(await checkRoot(pool, tenant, edge)),
    ],
  };
}

type Range = { first: number; last: number };

/** The notes signed within a page, by how many entries they are of. */
async function readNotes(pool: Pool, tenant: TenantId, { first, last }: Range): Promise<Map<number, string>> {
  const { rows } = await pool.query<{ size: string; note: string }>(
    'SELECT size, note FROM ledger.ledger_checkpoint WHERE tenant = $1 AND size > $2 AND size <= $3',
    [tenant, first, last + 1],
  );
  return new Map(rows.map(({ size, note }) => [Number(size), note]));
}

async function readLeafTiles(
  pool: Pool,
  tenant: TenantId,
  { first, last }: Range,
): Promise<Map<number, Buffer>> {
  const { rows } = await pool.query<{ tile: string; hashes: Buffer }>(
    'SELECT tile, hashes FROM ledger.ledger_tile WHERE tenant = $1 AND level = 0 AND tile BETWEEN $2 AND $3',
    [tenant, Math.floor(first / TILE_WIDTH), Math.floor(last / TILE_WIDTH)],
  );
  return new Map(rows.map(({ tile, hashes }) => [Number(tile), hashes]));
}

async function checkNewest(
  pool: Pool,
  tenant: TenantId,
  { origin, edge }: { origin: string; edge: Edge },
): Promise<Problem[]> {
  const log = publishedLog(pool, tenant);
  const note = await log.checkpoint();
  const keys = (await log.verifierKeys()).map(parseVerifierKey);
  const newest = note === null ? null : openIfSigned(note, { origin, keys });
  if (!newest) return [ofCheckpoint('the newest checkpoint is missing or not signed by the log')];
  return (await isExtension(pool, tenant, [{ size: edge.size, root: edgeRoot(edge) }, newest]))
    ? []
    : [ofCheckpoint(`the newest checkpoint, signed at ${newest.size} entries, is not of this tree`)];
}

async function checkRoot(pool: Pool, tenant: TenantId, edge: Edge): Promise<Problem[]> {
  const root = await readTree(storedTiles(pool, tenant), edge.size)
    .root()
    .catch(() => null);
  return root?.equals(edgeRoot(edge))
    ? []
    : [{ seq: null, mechanism: 'tile', detail: 'the tiles do not lead to the root of the entries' }];
}

const ofCheckpoint = (detail: string): Problem => ({ seq: null, mechanism: 'checkpoint', detail });

function openIfSigned(note: string, log: Parameters<typeof openCheckpoint>[1]): Checkpoint | null {
  try {
    return openCheckpoint(note, log);
  } catch {
    return null;
  }
}
