import type { Client } from 'pg';
import { genesisHash } from '../core/entry.js';
import { CountersignError } from '../core/errors.js';
import { newEventId } from '../core/ids.js';
import { verifierKeyOf } from '../core/note.js';
import type { InboxRow, LogHead } from './batch.js';
import type { CheckpointKeys } from './checkpoint-keys.js';
import { encodePayload } from './payload.js';
import { hashesAt, TILE_WIDTH } from './tiles.js';
import { decodeEdge } from './tree.js';

/** Begins the log if there is none, and takes it over: from here on every earlier epoch is fenced. */
export async function takeLog(client: Client, tenant: string, origin: string): Promise<LogHead> {
  await client.query('SELECT ledger.open_log($1, $2, $3)', [tenant, origin, genesisHash(origin)]);
  const { rows } = await client.query<{
    size: string;
    last_leaf: Buffer;
    edge: Buffer;
    epoch: string;
    time_micros: string;
  }>(
    `UPDATE ledger.ledger_head SET epoch = epoch + 1 WHERE tenant = $1 AND origin = $2
     RETURNING size, last_leaf, edge, epoch, time_micros`,
    [tenant, origin],
  );
  const row = rows[0];
  if (!row)
    throw new CountersignError('ledger_halted', 'The log has another origin.', {
      detail: `${tenant}: not ${origin}`,
    });
  const size = Number(row.size);
  return {
    tenant,
    origin,
    epoch: Number(row.epoch),
    size,
    lastLeaf: row.last_leaf,
    edge: decodeEdge(size, row.edge),
    timeMicros: BigInt(row.time_micros),
    partial: await readPartialTiles(client, tenant, size),
  };
}

async function readPartialTiles(client: Client, tenant: string, size: number): Promise<Buffer[][]> {
  const partial: Buffer[][] = [];
  for (let level = 0; hashesAt(size, level) > 0; level++) {
    const first = Math.floor(hashesAt(size, level) / TILE_WIDTH) * TILE_WIDTH;
    const { rows } = await client.query<{ hash: Buffer }>(
      level === 0
        ? 'SELECT leaf_hash AS hash FROM ledger.ledger_entry WHERE tenant = $1 AND seq >= $2 ORDER BY seq'
        : 'SELECT root AS hash FROM ledger.ledger_tile WHERE tenant = $1 AND tile >= $2 AND level = $3 ORDER BY tile',
      level === 0 ? [tenant, first] : [tenant, first, level - 1],
    );
    partial.push(rows.map((row) => row.hash));
  }
  return partial;
}

/**
 * Holds the keys at hand against the log's key history. The first keys are recorded; a change gives the entry that
 * announces it, signed under a key the log already has; keys of which it knows none halt the log.
 */
export async function announceKeys(
  client: Client,
  head: LogHead,
  keys: CheckpointKeys,
  at: Date,
): Promise<InboxRow | null> {
  const vkeys = keys.signersFor(head.origin).map(verifierKeyOf);
  const { rows } = await client.query<{ vkeys: string[] }>(
    'SELECT vkeys FROM ledger.ledger_signing WHERE tenant = $1 ORDER BY size DESC LIMIT 1',
    [head.tenant],
  );
  const known = rows[0]?.vkeys;
  if (known && known.length === vkeys.length && vkeys.every((vkey) => known.includes(vkey))) return null;
  if (known && !vkeys.some((vkey) => known.includes(vkey)))
    throw new CountersignError('ledger_halted', 'The checkpoint keys at hand are not those of the log.', {
      detail: head.origin,
    });
  if (known) return rotationEntry(vkeys, at);
  await recordKeys(client, head, keys);
  return null;
}

/** The one entry the sequencer writes of its own: which keys sign from here on. */
function rotationEntry(vkeys: readonly string[], at: Date): InboxRow {
  const id = newEventId();
  const nothing = { people: {}, commitments: {}, decision: null };
  const payload = encodePayload({
    id,
    type: 'key.rotated',
    at,
    request: null,
    actor: { process: 'sequencer' },
    data: { vkeys },
    ...nothing,
  });
  return { eventId: id, payload: Buffer.from(payload, 'utf8') };
}

/** After the entry, never before: a crash between repeats the announcement, it never loses it. */
export async function recordKeys(client: Client, head: LogHead, keys: CheckpointKeys): Promise<void> {
  await client.query('INSERT INTO ledger.ledger_signing (tenant, size, vkeys) VALUES ($1, $2, $3)', [
    head.tenant,
    head.size,
    keys.signersFor(head.origin).map(verifierKeyOf),
  ]);
}
