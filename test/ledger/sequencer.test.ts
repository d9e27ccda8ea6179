import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../src/core/clock.js';
import { TenantId } from '../../src/core/tenant.js';
import { verifyLedger } from '../../src/ledger/index.js';
import { alice, type LedgerHarness, openLedger, tenant, until } from './harness.js';

let ledger: LedgerHarness;
beforeEach(async () => {
  ledger = await openLedger();
});
afterEach(() => ledger.close());

const seqsOf = async (ids: string[]) => {
  const { rows } = await ledger.admin.query<{ event_id: string; seq: string }>(
    'SELECT event_id, seq FROM ledger.ledger_sequenced WHERE event_id = ANY($1::uuid[])',
    [ids],
  );
  const found = new Map(rows.map((row) => [row.event_id, Number(row.seq)]));
  return ids.map((id) => found.get(id));
};

test('events are sequenced in the order they were committed, and the log verifies with what lies beside it', async () => {
  ledger.start();
  const ids: string[] = [];
  for (let round = 0; round < 5; round++)
    ids.push(
      ...(await ledger.enqueue([{ personal: { reason: { subject: alice, text: `round ${round}` } } }, {}])),
    );
  await ledger.drained();
  expect(await seqsOf(ids)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const report = await verifyLedger(ledger.admin, tenant, { subjectKeys: ledger.subjectKeys });
  expect(report).toMatchObject({
    ok: true,
    size: 10,
    beside: { commitmentsChecked: 5, commitmentsUnopened: 0 },
  });
});

test('attack 14: a second sequencer waits, and leads when the first ends', async () => {
  const first = ledger.start();
  await ledger.enqueue([{}]);
  await ledger.drained();
  ledger.start();
  await first.stop();
  await ledger.enqueue([{}]);
  await ledger.drained();
  const { rows } = await ledger.admin.query('SELECT size, epoch FROM ledger.ledger_head');
  expect(rows).toEqual([{ size: '2', epoch: '2' }]);
});

test('attack 14: a zombie that missed losing its lock is fenced by the epoch and writes nothing', async () => {
  let arrived: () => void = () => {};
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const atSpot = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  let once = true;
  const hook = async (spot: string) => {
    if (spot !== 'sequencer.ready' || !once) return;
    once = false;
    arrived();
    await held;
  };
  ledger.start({ hook });
  await ledger.enqueue([{}, {}]);
  await atSpot;
  await ledger.admin.query('UPDATE ledger.ledger_head SET epoch = epoch + 1');
  release();
  await ledger.drained();
  expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true, size: 2 });
  const { rows } = await ledger.admin.query('SELECT epoch FROM ledger.ledger_head');
  expect(rows).toEqual([{ epoch: '3' }]);
});

test('attack 15: an event enqueued again after it was sequenced is written once', async () => {
  ledger.start();
  const [id] = await ledger.enqueue([{}]);
  await ledger.drained();
  await ledger.admin.query(
    `INSERT INTO ledger.ledger_inbox (tenant, event_id, payload)
     SELECT tenant, $1, substring(entry FROM 55) FROM ledger.ledger_entry WHERE seq = 0`,
    [id],
  );
  await ledger.enqueue([{}]);
  await ledger.drained();
  expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true, size: 2 });
});

test('attack 15: a connection cut at any moment loses nothing and writes nothing twice', async () => {
  ledger.start();
  for (let round = 0; round < 10; round++) {
    await ledger.enqueue([{}, {}, {}]);
    await ledger.admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'cs_sequencer'",
    );
  }
  await ledger.drained();
  expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true, size: 30 });
});

test('a row committed late under an earlier id is not lost', async () => {
  ledger.start();
  const late = new pg.Client({ connectionString: ledger.database.urls.admin });
  await late.connect();
  const payload = Buffer.from('{"late":true}');
  await late.query('BEGIN');
  await late.query(
    'INSERT INTO ledger.ledger_inbox (tenant, event_id, payload) VALUES ($1, gen_random_uuid(), $2)',
    [tenant, payload],
  );
  await ledger.enqueue([{}]);
  await until(async () => (await ledger.admin.query('SELECT FROM ledger.ledger_entry')).rowCount === 1);
  await late.query('COMMIT');
  await late.end();
  await until(async () => (await ledger.admin.query('SELECT FROM ledger.ledger_entry')).rowCount === 2);
});

test('rule 18: each tenant has a log of its own', async () => {
  ledger.start();
  const other = TenantId.parse('T2');
  await Promise.all([ledger.enqueue([{}, {}]), ledger.enqueue([{}], other)]);
  await ledger.drained();
  const [one, two] = await Promise.all([
    verifyLedger(ledger.admin, tenant),
    verifyLedger(ledger.admin, other),
  ]);
  expect([one.ok, one.size, two.ok, two.size]).toEqual([true, 2, true, 1]);
  expect(one.origin).not.toBe(two.origin);
});

test('attack 16: a clock that jumps back leaves time monotonic', async () => {
  const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
  ledger.start({ clock });
  await ledger.enqueue([{}]);
  await ledger.drained();
  clock.set(new Date('2020-01-01T00:00:00Z'));
  await ledger.enqueue([{}]);
  await ledger.drained();
  expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true, size: 2 });
});

test('head-row bloat: the head is rewritten in place, batch after batch, and leaves no versions behind', async () => {
  // Whoever holds a snapshot for some forty batches fills the page with versions; PostgreSQL's own ANALYZE does too.
  await ledger.admin.query(`DO $$ DECLARE held regclass; BEGIN
    FOR held IN SELECT oid FROM pg_class WHERE relkind = 'r' AND oid >= 16384 LOOP
      EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', held);
    END LOOP; END $$`);
  ledger.start();
  for (let batch = 0; batch < 150; batch++) {
    await ledger.enqueue([{}]);
    await ledger.drained();
  }
  // Statistics arrive late; each update in place (HOT) leaves the index alone, and the page is pruned as it is read.
  await until(async () => {
    const { rows } = await ledger.admin.query<{ updated: number; inPlace: number }>(
      `SELECT n_tup_upd::int AS updated, n_tup_hot_upd::int AS "inPlace" FROM pg_stat_user_tables
       WHERE relid = 'ledger.ledger_head'::regclass`,
    );
    return rows.every(({ updated, inPlace }) => updated >= 150 && updated === inPlace);
  });
  const { rows } = await ledger.admin.query("SELECT pg_relation_size('ledger.ledger_head')::int AS bytes");
  expect(rows[0]?.bytes).toBeLessThanOrEqual(2 * 8192);
});

test('a log grows across the edge of a partition', { timeout: 120_000 }, async () => {
  await ledger.admin.query(
    "SELECT ledger.open_log('T1', 'countersign.log/T1', sha256('countersign-ledger-v1\ncountersign.log/T1\n'))",
  );
  ledger.start();
  const payload = Buffer.from('{}');
  await ledger.admin.query(
    'INSERT INTO ledger.ledger_inbox (tenant, event_id, payload) SELECT $1, gen_random_uuid(), $2 FROM generate_series(1, 66000)',
    [tenant, payload],
  );
  await ledger.drained(60);
  const { rows } = await ledger.admin.query('SELECT first_seq FROM ledger.ledger_range ORDER BY 1');
  expect(rows).toEqual([{ first_seq: '0' }, { first_seq: '65536' }]);
  const { rows: counted } = await ledger.admin.query(
    'SELECT count(*)::int AS entries, max(seq)::int AS last FROM ledger.ledger_entry',
  );
  expect(counted).toEqual([{ entries: 66_000, last: 65_999 }]);
});
