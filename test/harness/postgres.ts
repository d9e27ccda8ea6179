import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { grantDatabase, type Login } from '../../scripts/lib/database-roles.js';
import { type Cluster, removeCluster, startCluster } from '../../scripts/lib/embedded-postgres.js';
import { administer, atDatabase, TEST_CLUSTER_PREFIX, withClient } from './postgres-admin.js';

export interface TestDatabase {
  name: string;
  /** One a role; `admin` is the superuser. */
  urls: { admin: string; app: string; worker: string; sequencer: string; doer: string };
  /** Cuts every connection and deletes it. Databases left behind go with the run's cluster. */
  drop(): Promise<void>;
}

/**
 * A database of this test's own, migrated, empty.
 * @example const database = await freshDatabase(); const pool = new Pool({ connectionString: database.urls.app });
 */
export async function freshDatabase(): Promise<TestDatabase> {
  const { adminUrl, template, passwords } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(adminUrl, async (client) => {
    // Copied as files: through the log, as by default, each page is written twice.
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    await grantDatabase(client, name);
  });
  const admin = atDatabase(adminUrl, name);
  const as = (login: Login): string => {
    const url = new URL(admin);
    url.username = login;
    url.password = passwords[login];
    return url.href;
  };
  return {
    name,
    urls: {
      admin,
      app: as('cs_app'),
      worker: as('cs_worker'),
      sequencer: as('cs_sequencer'),
      doer: as('cs_doer'),
    },
    drop: () => administer(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

export interface TargetCluster extends Cluster {
  /** Stops it and deletes its files. */
  remove(): Promise<void>;
}

/** A cluster of its own, as a target is: another superuser, another port. Call `remove()` when done. */
export async function startTargetCluster(
  options: { dataDir?: string; port?: number; password?: string } = {},
): Promise<TargetCluster> {
  const name = `${TEST_CLUSTER_PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`;
  const { dataDir = join(tmpdir(), name), password = randomBytes(18).toString('base64url') } = options;
  // As a target may have it: its holders can prepare transactions, and crowd out whoever has no place reserved.
  const settings = { fsync: 'off', max_prepared_transactions: '5', reserved_connections: '10' };
  const cluster = await startCluster({ ...options, dataDir, password, settings });
  return { ...cluster, remove: () => removeCluster(dataDir) };
}
