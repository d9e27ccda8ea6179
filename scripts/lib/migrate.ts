import pg from 'pg';
import { ensureRoles, grantDatabase, OWNER, type Passwords } from './database-roles.js';
import { migrateQueues } from './queue-tables.js';
import { applyMigrations } from './schema-engine.js';

export interface MigrateOptions {
  /** Of a superuser, or of a role that may create roles and owns the database. */
  adminUrl: string;
  passwords: Passwords;
}

/** Any number, but always this one: two migrations never run at once. */
const MIGRATION_LOCK = 4_026_112_100;

/**
 * Brings an empty or older database to this version: roles, schemas, tables, queues, grants. Safe to repeat and to run
 * twice at once. Gives the names of the migrations it applied. Throws a CountersignError `migration_edited`, or what
 * PostgreSQL answered.
 */
export async function migrate({ adminUrl, passwords }: MigrateOptions): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: adminUrl, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(client, passwords);
    await grantDatabase(client, client.database ?? 'postgres');
    await closeDefaults(client);
    const applied = await applyMigrations(adminUrl, OWNER);
    await migrateQueues(client);
    return applied;
  } finally {
    await client.end();
  }
}

/** PUBLIC gets nothing by default: a function somebody adds later is closed until a migration opens it. */
async function closeDefaults(client: pg.Client): Promise<void> {
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  await client.query(`GRANT ${OWNER} TO CURRENT_USER`);
  await client.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`);
  for (const maker of ['lo_create(oid)', 'lo_creat(int)', 'lo_from_bytea(oid, bytea)'])
    await client.query(`REVOKE EXECUTE ON FUNCTION ${maker} FROM PUBLIC`);
  // BullMQ locks by two integers, which the ledger's migration takes from PUBLIC.
  for (const lock of ['pg_advisory_xact_lock', 'pg_advisory_xact_lock_shared'])
    await client.query(`GRANT EXECUTE ON FUNCTION ${lock}(int, int) TO ${OWNER}`);
}
