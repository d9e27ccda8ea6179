import type { ClientBase, Pool } from 'pg';
import type { TenantId } from '../core/tenant.js';
import type { Problem } from './check-chain.js';
import { foldHashes, hashesAt, TILE_WIDTH } from './tiles.js';

/**
 * Names the tiles that cannot stand for the entries left of `size`: a range is verified on top of their hashes, so one
 * that is missing or was overwritten (attack 19) must be a problem of its own.
 */
export async function checkLeftTiles(
  database: Pool | ClientBase,
  tenant: TenantId,
  size: number,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (let level = 0; hashesAt(size, level) > 0; level++) {
    const whole = hashesAt(size, level + 1);
    const first = Math.floor(Math.max(0, whole - 1) / TILE_WIDTH) * TILE_WIDTH;
    const { rows } = await database.query<{ tile: string; hashes: Buffer; root: Buffer }>(
      'SELECT tile, hashes, root FROM ledger.ledger_tile WHERE tenant = $1 AND level = $2 AND tile BETWEEN $3 AND $4',
      [tenant, level, first, whole],
    );
    const stored = new Map(rows.map(({ tile, ...row }) => [Number(tile), row]));
    // The last one may reach into the range, and is there only once it is full.
    for (let tile = first; tile <= whole; tile++) {
      const row = stored.get(tile);
      if (row === undefined ? tile === whole : foldHashes(row.hashes).equals(row.root)) continue;
      const fault = row === undefined ? 'is missing' : 'does not add up to its root';
      const seq = tile * TILE_WIDTH ** (level + 1);
      problems.push({ seq, mechanism: 'tile', detail: `tile ${level}/${tile} ${fault}` });
    }
  }
  return problems;
}
