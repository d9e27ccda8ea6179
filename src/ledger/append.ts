import type { Client } from 'pg';
import type { Batch, InboxRow } from './batch.js';
import { edgeRoot, encodeEdge, RANGE_ENTRIES } from './tree.js';

/**
 * Writes a batch and its checkpoint in one statement: the compare-and-set of the head gates every insert and the inbox's
 * deletion. False means fenced: another sequencer moved the head or took the epoch, and nothing was written (attack 14).
 * The note was signed before, but leaves this process only by being stored: what is published is what is durable.
 */
export async function appendBatch(client: Client, batch: Batch, note: string): Promise<boolean> {
  const { before, after } = batch;
  const { rows } = await client.query<{ moved: number }>({
    name: 'ledger-append',
    text: APPEND,
    values: [
      before.tenant,
      before.size,
      before.epoch,
      after.size,
      after.lastLeaf,
      encodeEdge(after.edge),
      after.timeMicros.toString(),
      batch.entries,
      batch.eventIds,
      batch.starts,
      batch.lengths,
      edgeRoot(after.edge),
      note,
      batch.tiles.map((tile) => tile.level),
      batch.tiles.map((tile) => tile.index),
      Buffer.concat(batch.tiles.map((tile) => tile.hashes)),
      Buffer.concat(batch.tiles.map((tile) => tile.root)),
    ],
  });
  return rows[0]?.moved === 1;
}

const APPEND = `
  WITH head AS (
    UPDATE ledger.ledger_head SET size = $4, last_leaf = $5, edge = $6, time_micros = $7
    WHERE tenant = $1 AND size = $2 AND epoch = $3 RETURNING tenant
  ), item AS (
    SELECT head.tenant, $2 + place - 1 AS seq, event_id, start, length
    FROM head, unnest($9::uuid[], $10::int[], $11::int[]) WITH ORDINALITY AS item (event_id, start, length, place)
  ), entry AS (
    INSERT INTO ledger.ledger_entry (tenant, seq, entry)
    SELECT tenant, seq, substring($8::bytea FROM start FOR length) FROM item
  ), sequenced AS (
    INSERT INTO ledger.ledger_sequenced (tenant, event_id, seq) SELECT tenant, event_id, seq FROM item
  ), checkpoint AS (
    INSERT INTO ledger.ledger_checkpoint (tenant, size, root, note, time_micros) SELECT tenant, $4, $12, $13, $7 FROM head
  ), tile AS (
    INSERT INTO ledger.ledger_tile (tenant, level, tile, hashes, root)
    SELECT head.tenant, level, index, substring($16::bytea FROM (place * 8192 - 8191)::int FOR 8192),
           substring($17::bytea FROM (place * 32 - 31)::int FOR 32)
    FROM head, unnest($14::int[], $15::bigint[]) WITH ORDINALITY AS full_tile (level, index, place)
  ), drained AS (
    DELETE FROM ledger.ledger_inbox USING item
    WHERE ledger_inbox.tenant = item.tenant AND ledger_inbox.event_id = item.event_id
  )
  SELECT count(*)::int AS moved FROM head`;

/** Rows that can be seen, oldest first. No SKIP LOCKED, which overtakes, and no watermark, which loses late commits. */
export async function readInbox(
  client: Client,
  limit: number,
  halted: readonly string[],
): Promise<Map<string, InboxRow[]>> {
  const { rows } = await client.query<{ tenant: string; event_id: string; payload: Buffer }>({
    name: 'ledger-inbox',
    text: 'SELECT tenant, event_id, payload FROM ledger.ledger_inbox WHERE tenant <> ALL($2) ORDER BY id LIMIT $1',
    values: [limit, halted],
  });
  const byTenant = new Map<string, InboxRow[]>();
  for (const { tenant, event_id: eventId, payload } of rows) {
    const own = byTenant.get(tenant) ?? [];
    own.push({ eventId, payload });
    byTenant.set(tenant, own);
  }
  return byTenant;
}

/** Drops what was enqueued again under the id of an entry already written: the ledger has it (attack 15). */
export async function dropSequenced(client: Client): Promise<void> {
  await client.query(`DELETE FROM ledger.ledger_inbox USING ledger.ledger_sequenced AS done
    WHERE ledger_inbox.tenant = done.tenant AND ledger_inbox.event_id = done.event_id`);
}

/** Makes the partitions that the batch will fall into, before it falls. */
export async function openRanges(client: Client, batch: Batch): Promise<void> {
  const { before, after } = batch;
  const first = before.size === 0 ? 0 : Math.floor((before.size - 1) / RANGE_ENTRIES) + 1;
  for (let range = first; range <= Math.floor((after.size - 1) / RANGE_ENTRIES); range++)
    await client.query('SELECT ledger.open_range($1, $2, $3)', [
      before.tenant,
      range * RANGE_ENTRIES,
      after.timeMicros.toString(),
    ]);
}
