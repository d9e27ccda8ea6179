import pg from 'pg';
import { scramVerifier } from '../../src/core/scram.js';

/** Owns every schema of ours, logs in nowhere; migrations run under it. */
export const OWNER = 'cs_owner';

/** One login a process; docs/operations.md has their table. */
export const LOGINS = ['cs_app', 'cs_worker', 'cs_sequencer', 'cs_doer'] as const;
export type Login = (typeof LOGINS)[number];
export type Passwords = Readonly<Record<Login, string>>;

/** A statement that outlives this is cut by the server, whatever became of the process that sent it. */
const STATEMENT_TIMEOUT: Readonly<Record<Login, string>> = {
  cs_app: '10s',
  cs_worker: '30s',
  cs_sequencer: '30s',
  cs_doer: '10s',
};

/** Makes or mends the roles of the cluster. Safe to repeat; a password given anew replaces the old. */
export async function ensureRoles(client: pg.Client, passwords: Passwords): Promise<void> {
  await ensureRole(client, OWNER);
  await client.query(`ALTER ROLE ${OWNER} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`);
  for (const login of LOGINS) {
    await ensureRole(client, login);
    const verifier = client.escapeLiteral(scramVerifier(passwords[login]));
    await client.query(
      `ALTER ROLE ${login} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${verifier}`,
    );
    await client.query(`ALTER ROLE ${login} SET timezone = 'UTC'`);
    await client.query(`ALTER ROLE ${login} SET statement_timeout = '${STATEMENT_TIMEOUT[login]}'`);
    await client.query(`ALTER ROLE ${login} SET idle_in_transaction_session_timeout = '30s'`);
  }
}

/**
 * The rights on the database itself, which a copy made from a template does not inherit. PUBLIC loses CONNECT and TEMP;
 * only who adds jobs in bulk may make temporary tables.
 */
export async function grantDatabase(client: pg.Client, database: string): Promise<void> {
  const name = pg.escapeIdentifier(database);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await client.query(`GRANT CREATE ON DATABASE ${name} TO ${OWNER}`);
  await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${LOGINS.join(', ')}`);
  await client.query(`GRANT TEMPORARY ON DATABASE ${name} TO cs_worker`);
}

async function ensureRole(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${name}`);
}
