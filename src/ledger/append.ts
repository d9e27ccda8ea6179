import type { Client } from 'pg';
import type { Batch, InboxRow, LogHead } from './batch.js';
import { genesisHash } from './entry.js';
import { decodeEdge, encodeEdge, RANGE_ENTRIES } from './tree.js';

/**
 * Writes a batch in one statement: the compare-and-set of the head gates every insert and the inbox's deletion. False
 * means fenced: another sequencer moved the head or took the epoch, and nothing was written (attack 14).
 */
export async function appendBatch(client: Client, batch: Batch): Promise<boolean> {
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
  ), drained AS (
    DELETE FROM ledger.ledger_inbox USING item
    WHERE ledger_inbox.tenant = item.tenant AND ledger_inbox.event_id = item.event_id
  )
  SELECT count(*)::int AS moved FROM head`;

/** Rows that can be seen, oldest first. No SKIP LOCKED, which overtakes, and no watermark, which loses late commits. */
export async function readInbox(client: Client, limit: number): Promise<Map<string, InboxRow[]>> {
  const { rows } = await client.query<{ tenant: string; event_id: string; payload: Buffer }>({
    name: 'ledger-inbox',
    text: 'SELECT tenant, event_id, payload FROM ledger.ledger_inbox ORDER BY id LIMIT $1',
    values: [limit],
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
  if (!row) throw new Error(`the log of ${tenant} has another origin than ${origin}`);
  const size = Number(row.size);
  return {
    tenant,
    epoch: Number(row.epoch),
    size,
    lastLeaf: row.last_leaf,
    edge: decodeEdge(size, row.edge),
    timeMicros: BigInt(row.time_micros),
  };
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
