import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyLedger } from '../../src/ledger/index.js';
import { type LedgerHarness, openLedger, tenant } from './harness.js';

let ledger: LedgerHarness;
beforeAll(async () => {
  ledger = await openLedger();
  ledger.start();
  await ledger.enqueue([{}, {}]);
  await ledger.drained();
});
afterAll(() => ledger.close());

type Role = 'app' | 'worker' | 'sequencer' | 'doer';

async function attempt(role: Role, statement: string): Promise<string> {
  const client = new pg.Client({ connectionString: ledger.database.urls[role] });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(statement);
    return 'allowed';
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? 'no code') : 'not a database error';
  } finally {
    await client.end();
  }
}

const FORBIDDEN = '42501';
const roles: Role[] = ['app', 'worker', 'sequencer', 'doer'];

describe('no role rewrites the ledger', () => {
  const rewrites = [
    "UPDATE ledger.ledger_entry SET entry = 'x'",
    'DELETE FROM ledger.ledger_entry',
    'TRUNCATE ledger.ledger_entry',
    'DELETE FROM ledger.ledger_head',
    'UPDATE ledger.ledger_head SET origin = origin',
    'UPDATE ledger.ledger_sequenced SET seq = seq',
    'DELETE FROM ledger.ledger_sequenced',
    'UPDATE ledger.ledger_tile SET root = root',
    'UPDATE ledger.ledger_checkpoint SET note = note',
    'DELETE FROM ledger.ledger_checkpoint',
    'ALTER TABLE ledger.ledger_entry DISABLE TRIGGER ALL',
    'DROP SCHEMA ledger CASCADE',
    'SET ROLE cs_owner',
    "SET session_replication_role = 'replica'",
  ];
  test.each(roles.flatMap((role) => rewrites.map((statement) => ({ role, statement }))))(
    '$role: $statement',
    async ({ role, statement }) => {
      expect(await attempt(role, statement)).toBe(FORBIDDEN);
    },
  );
});

describe('only the sequencer writes entries, and only through gate.commit does anything enter the inbox', () => {
  const writes = [
    "INSERT INTO ledger.ledger_entry (tenant, seq, entry) VALUES ('T1', 99, 'x')",
    'UPDATE ledger.ledger_head SET size = size',
    'DELETE FROM ledger.ledger_inbox',
    "SELECT ledger.open_log('T9', 'o', '')",
    'SELECT pg_try_advisory_lock(1129532465, 1)',
    'SELECT pg_advisory_xact_lock(1129532465, 1)',
  ];
  test.each(
    (['app', 'worker', 'doer'] as const).flatMap((role) => writes.map((statement) => ({ role, statement }))),
  )('$role: $statement', async ({ role, statement }) => {
    expect(await attempt(role, statement)).toBe(FORBIDDEN);
  });
  test.each(
    roles.flatMap((role) =>
      [
        "SELECT ledger.enqueue('T1', '[]')",
        "INSERT INTO ledger.ledger_inbox (tenant, event_id, payload) VALUES ('T1', gen_random_uuid(), '{}')",
      ].map((statement) => ({ role, statement })),
    ),
  )('$role: $statement', async ({ role, statement }) => {
    expect(await attempt(role, statement)).toBe(FORBIDDEN);
  });
});

describe('the doer and the sequencer read no more than they need', () => {
  test.each(['ledger_entry', 'ledger_head', 'ledger_personal', 'ledger_pseudonym'])(
    'doer: %s',
    async (table) => {
      expect(await attempt('doer', `SELECT FROM ledger.${table}`)).toBe(FORBIDDEN);
    },
  );
  test.each(['ledger_personal', 'ledger_pseudonym', 'ledger_policy_input'])(
    'sequencer: %s',
    async (table) => {
      expect(await attempt('sequencer', `SELECT FROM ledger.${table}`)).toBe(FORBIDDEN);
    },
  );
});

test('even the superuser is refused while the triggers stand, replica mode and each partition included', async () => {
  const { rows } = await ledger.admin.query<{ part: string }>(
    "SELECT relid::regclass::text AS part FROM pg_partition_tree('ledger.ledger_entry')",
  );
  expect(rows).toHaveLength(3);
  const client = await ledger.admin.connect();
  await client.query("SET session_replication_role = 'replica'");
  for (const { part } of rows) {
    await expect(client.query(`UPDATE ${part} SET entry = entry`)).rejects.toThrow('refused');
    await expect(client.query(`DELETE FROM ${part}`)).rejects.toThrow('refused');
    await expect(client.query(`TRUNCATE ${part}`)).rejects.toThrow('refused');
  }
  await expect(
    client.query("UPDATE ledger.ledger_head SET size = 0, edge = decode('', 'hex')"),
  ).rejects.toThrow('only moves forward');
  client.release(true);
});

test('attack 13: a disabled trigger is named by the watchdog, and the byte changed under it by the chain', async () => {
  const part = await ledger.admin.query<{ name: string }>(
    "SELECT relid::regclass::text AS name FROM pg_partition_tree('ledger.ledger_entry') WHERE isleaf",
  );
  const name = part.rows[0]?.name ?? '';
  await ledger.admin.query('ALTER TABLE ledger.ledger_entry DISABLE TRIGGER refuse_change');
  expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([expect.objectContaining({ mechanism: 'trigger' })]),
  });
  await ledger.admin.query(
    `UPDATE ${name} SET entry = set_byte(entry, 60, get_byte(entry, 60) # 1) WHERE seq = 0`,
  );
  await ledger.admin.query('ALTER TABLE ledger.ledger_entry ENABLE ALWAYS TRIGGER refuse_change');
  const report = await verifyLedger(ledger.admin, tenant);
  expect(report.ok).toBe(false);
  expect(report.problems[0]).toMatchObject({ seq: 0 });
});
