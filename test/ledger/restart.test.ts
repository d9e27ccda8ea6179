import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Passwords } from '../../scripts/lib/database-roles.js';
import { removeCluster, startCluster } from '../../scripts/lib/embedded-postgres.js';
import { migrate } from '../../scripts/lib/migrate.js';
import { verifyLedger } from '../../src/ledger/index.js';
import type { TestDatabase } from '../harness/postgres.js';
import { TEST_CLUSTER_PREFIX } from '../harness/postgres-admin.js';
import { openLedger, tenant } from './harness.js';

const RESTARTS = 6;
const password = randomBytes(18).toString('base64url');
const passwords: Passwords = {
  cs_app: password,
  cs_worker: password,
  cs_sequencer: password,
  cs_doer: password,
};

/** A server of its own, since this one is restarted; with fsync, since it is also killed. */
async function openServer() {
  const name = `${TEST_CLUSTER_PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`;
  const dataDir = join(tmpdir(), name);
  let cluster = await startCluster({ dataDir, password });
  const { port, url } = cluster;
  await migrate({ adminUrl: url, passwords });
  const as = (login: string) => Object.assign(new URL(url), { username: login }).href;
  const database: TestDatabase = {
    name: 'postgres',
    urls: {
      admin: url,
      app: as('cs_app'),
      worker: as('cs_worker'),
      sequencer: as('cs_sequencer'),
      doer: as('cs_doer'),
    },
    drop: async () => {
      await cluster.stop();
      await removeCluster(dataDir);
    },
  };
  const restart = async (how: 'stop' | 'kill') => {
    await cluster[how]();
    cluster = await startCluster({ dataDir, port, password });
  };
  return { database, restart };
}

test('attack 15: Postgres stopped and killed under the sequencer loses no acknowledged event and writes none twice', {
  timeout: 180_000,
}, async () => {
  const { database, restart } = await openServer();
  const ledger = await openLedger(database);
  try {
    ledger.start();
    const acknowledged: string[] = [];
    let isOver = false;
    /** As business code does: what fails was not acknowledged. Its id may still have been committed. */
    const callers = Array.from({ length: 4 }, async () => {
      while (!isOver) acknowledged.push(...(await ledger.enqueue([{}]).catch(() => [])));
    });
    for (let round = 0; round < RESTARTS; round++) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 10);
      await restart(round % 2 === 0 ? 'kill' : 'stop');
    }
    isOver = true;
    await Promise.all(callers);
    await ledger.drained();

    const { rows } = await ledger.admin.query<{ event_id: string }>(
      'SELECT event_id FROM ledger.ledger_sequenced',
    );
    const sequenced = new Set(rows.map((row) => row.event_id));
    expect(acknowledged.filter((id) => !sequenced.has(id))).toEqual([]);
    expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true, size: sequenced.size });
  } finally {
    await ledger.close();
  }
});
