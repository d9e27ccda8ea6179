import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPacketId } from '../../src/core/ids.js';
import { type PacketId, TenantId } from '../../src/core/tenant.js';
import { type DoerDatabase, openDatabase } from '../../src/doer/database.js';
import * as sql from '../../src/doer/sql.js';
import { freshDatabase, type TestDatabase } from '../harness/postgres.js';

const TENANT = TenantId.parse('T1');
const SYSTEM = 'orders-db';
const HOLDER = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
/** Settled packets, ended memberships and (a tenth of it) uses of break-glass. */
const AGE = 20_000;

let database: TestDatabase;
let admin: pg.Pool;
let doer: DoerDatabase;
let other: DoerDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  admin = new pg.Pool({ connectionString: database.urls.admin, max: 1 });
  const open = (holder: string) => openDatabase({ databaseUrl: database.urls.doer, tenant: TENANT, holder });
  [doer, other] = [open(HOLDER), open(OTHER)];
  await admin.query(`
    INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, released_at)
      SELECT '${TENANT}', 'old-' || n, 'grant', 'r' || n, '${SYSTEM}', 'old', '2020-01-01' FROM generate_series(1, ${AGE}) AS n;
    UPDATE doer.packet SET settled = true, receipt = 'done';
    INSERT INTO doer.grant_record (tenant, request_id, system, created_at, record)
      SELECT '${TENANT}', 'r' || n, '${SYSTEM}', '2020-01-01', jsonb_build_object('member', CASE WHEN n % 2 = 0
        THEN jsonb_build_object('handle', 'group', 'login', 'alice') END, 'state', CASE WHEN n % 2 = 0 THEN 'over' ELSE 'live' END,
        'expiresAt', '2020-01-01T01:00:00Z') FROM generate_series(1, ${AGE}) AS n;
    INSERT INTO doer.glass_record (tenant, request_id, record)
      SELECT '${TENANT}', 'r' || n, jsonb_build_object('system', '${SYSTEM}', 'account', 'glass_1', 'state', 'rotated',
        'checkedOutAt', '2020-01-01T00:00:00Z') FROM generate_series(1, ${AGE / 10}) AS n;
    ANALYZE`);
});
afterAll(async () => {
  await Promise.all([doer.close(), other.close(), admin.end()]);
  await database.drop();
});

/** As the relay releases it, its clock wherever it is. */
async function release(kind = 'grant', at = '2020-01-01'): Promise<PacketId> {
  const id = newPacketId();
  await admin.query(
    `INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, released_at) VALUES ($1, $2, $3, 'r', $4, 'new', $5)`,
    [TENANT, id, kind, SYSTEM, at],
  );
  return id;
}

const found = async (by = doer): Promise<string[]> => (await by.findReleased([])).map(({ id }) => id);

/** The rows of ours that one statement reads, as the server counts them. */
async function rowsReadBy(text: string, values: unknown[]): Promise<number> {
  const client = await admin.connect();
  try {
    await client.query('BEGIN');
    await client.query(text, values);
    const { rows } = await client.query<{ count: number }>(
      `SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS count FROM pg_stat_xact_all_tables
       WHERE schemaname IN ('gate', 'doer')`,
    );
    return rows[0]?.count ?? Number.NaN;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const member = JSON.stringify({ member: { handle: 'group', login: 'alice' } });
it.each([
  ['packets to answer', sql.FIND_UNSETTLED, [TENANT, HOLDER, []]],
  ['lapsed memberships', sql.FIND_LAPSED, [TENANT, SYSTEM, new Date()]],
  ['holders of a membership', sql.FIND_HOLDERS, [TENANT, member, new Date()]],
  ['accounts that are out', sql.LIST_GLASS_OUT, [TENANT, SYSTEM]],
  ['the last use of an account', sql.FIND_LAST_GLASS, [TENANT, SYSTEM, 'glass_1']],
])('looking for %s reads nothing of what is over, however much that is', async (_, text, values) => {
  expect(await rowsReadBy(text, values)).toBeLessThan(5);
});

it('a packet is found from its release until its receipt is handed over, whatever the clock of who released it', async () => {
  const ids = [await release('grant', '2001-01-01'), await release('end', '2040-01-01')];
  expect(await found()).toEqual([...ids].reverse());
  for (const id of ids) {
    expect(await doer.claim(id)).toBe(true);
    await doer.deliver(newPacketId(), Buffer.from('about something else'));
  }
  expect((await found()).sort()).toEqual([...ids].sort());
  for (const id of ids) await doer.deliver(id, Buffer.from('receipt'));
  expect(await found()).toEqual([]);
  expect(await rowsReadBy(sql.FIND_UNSETTLED, [TENANT, HOLDER, []])).toBeLessThan(5);
});

it('a packet released by a commit that takes an hour is found when it stands', async () => {
  const client = await admin.connect();
  const id = newPacketId();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, released_at) VALUES ($1, $2, 'end', 'r', $3, 'new', now() - interval '1 hour')`,
    [TENANT, id, SYSTEM],
  );
  expect(await found()).toEqual([]);
  await client.query('COMMIT');
  client.release();
  expect(await found()).toEqual([id]);
  await doer.deliver(id, Buffer.from('receipt'));
});

it('a packet in the hands of a doer that died is found by another when its claim lapses, and answered once', async () => {
  const id = await release();
  expect(await doer.claim(id)).toBe(true);
  expect(await found(other)).toEqual([]);
  expect(await other.claim(id)).toBe(false);
  await admin.query("UPDATE doer.packet SET claimed_until = now() - interval '1 second' WHERE id = $1", [id]);
  expect(await found(other)).toEqual([id]);
  expect(await other.claim(id)).toBe(true);
  await other.deliver(id, Buffer.from('of the other'));
  await doer.deliver(id, Buffer.from('too late'));
  const { rows } = await admin.query(
    "SELECT encode(receipt, 'escape') AS receipt FROM gate.receipt_inbox WHERE packet_id = $1",
    [id],
  );
  expect(rows).toEqual([{ receipt: 'of the other' }]);
});
