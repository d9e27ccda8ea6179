import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Passwords } from '../../scripts/lib/database-roles.js';
import { removeCluster, startCluster } from '../../scripts/lib/embedded-postgres.js';
import { migrate } from '../../scripts/lib/migrate.js';
import { compilePrograms } from '../../scripts/lib/programs.js';
import { administer, atDatabase, TEST_CLUSTER_PREFIX } from './postgres-admin.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where our processes lie, compiled. */
    programs: string;
    postgres: { adminUrl: string; template: string; passwords: Passwords };
  }
}

const TEMPLATE = 'countersign_template';

/** One cluster a run, its template migrated once; freshDatabase() copies that. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = join(tmpdir(), `${TEST_CLUSTER_PREFIX}${process.pid}`);
  const settings = { fsync: 'off', max_connections: '400' };
  const cluster = await startCluster({ dataDir, password: randomPassword(), settings });
  const passwords: Passwords = {
    cs_app: randomPassword(),
    cs_worker: randomPassword(),
    cs_sequencer: randomPassword(),
    cs_doer: randomPassword(),
  };
  await administer(cluster.url, `CREATE DATABASE ${TEMPLATE}`);
  await migrate({ adminUrl: atDatabase(cluster.url, TEMPLATE), passwords });
  project.provide('programs', compilePrograms());
  project.provide('postgres', { adminUrl: cluster.url, template: TEMPLATE, passwords });
  return async () => {
    await cluster.stop();
    await removeCluster(dataDir);
  };
}

const randomPassword = (): string => randomBytes(18).toString('base64url');
