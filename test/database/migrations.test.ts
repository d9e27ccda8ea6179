import { expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../scripts/lib/migrate.js';
import { gapToDatabase, gapToMigrations } from '../../scripts/lib/schema-engine.js';
import { freshDatabase, startTargetCluster } from '../harness/postgres.js';
import { administer } from '../harness/postgres-admin.js';

const passwords = { cs_app: 'a', cs_worker: 'w', cs_sequencer: 's', cs_doer: 'd' };

it('the migrations make what schema.prisma says, and the database has it', async () => {
  const database = await freshDatabase();
  onTestFinished(database.drop);

  expect(await gapToMigrations(database.urls.admin, 'cs_owner')).toBe('');
  expect(await gapToDatabase(database.urls.admin, 'cs_owner')).toBe('');
});

it('drift is seen: a column nobody wrote a migration for', async () => {
  const database = await freshDatabase();
  onTestFinished(database.drop);
  await administer(database.urls.admin, 'ALTER TABLE gate.request ADD COLUMN sneaked_in text');

  expect(await gapToDatabase(database.urls.admin, 'cs_owner')).toMatch(/sneaked_in/);
});

it('two migrations at once do the work of one, a third does nothing, an edited one is refused', async () => {
  const cluster = await startTargetCluster();
  onTestFinished(cluster.remove);
  const options = { adminUrl: cluster.url, passwords };

  const applied = await Promise.all([migrate(options), migrate(options)]);
  expect(applied.map((names) => names.length > 0).sort()).toEqual([false, true]);
  expect(await migrate(options)).toEqual([]);

  await administer(
    cluster.url,
    `UPDATE _prisma_migrations SET checksum = 'other' WHERE migration_name LIKE '%_gate'`,
  );
  await expect(migrate(options)).rejects.toMatchObject({ code: 'migration_edited' });
}, 60_000);
