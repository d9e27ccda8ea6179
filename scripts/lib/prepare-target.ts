import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import { POWERS_OVER_US } from '../../src/connectors/postgres/fitness.js';
import { scramVerifier } from '../../src/core/scram.js';
import { atDatabase, withClient } from './connection.js';

const RoleName = z.string().regex(/^[a-z_][a-z0-9_-]{0,62}$/);

/** `SELECT ON TABLE shop.orders`, `SELECT (email) ON TABLE shop.customers`: what GRANT takes, nothing after it. */
const Privilege = z
  .string()
  .regex(
    /^[A-Z]+(?: \([^;()]+\))? ON (?:DATABASE|SCHEMA|TABLE|SEQUENCE|FUNCTION|PROCEDURE|ALL [A-Z]+ IN SCHEMA) [^;]+$/,
  );

/** Sessions an emergency has use for: the target has more, so that one account cannot keep us out. */
const MOST_SESSIONS = 10;

const POWERS: ReadonlySet<string> = new Set(POWERS_OVER_US);

/** What an administrator decides about a target. */
export const TargetSpec = z.strictObject({
  executor: RoleName.default('cs_executor'),
  root: RoleName.default('cs_root'),
  connectRole: RoleName.default('cs_connect'),
  scopes: z.record(
    z.string(),
    z.strictObject({ role: RoleName, database: z.string(), privileges: z.array(Privilege).min(1) }),
  ),
  /** Standing logins that rotate packets may give a new password. */
  rotatableAccounts: z.array(RoleName).default([]),
  /** Accounts for emergencies: made without login, in these roles, with these privileges in `database`. */
  breakGlass: z
    .strictObject({
      accounts: z.array(RoleName).min(2),
      database: z.string(),
      roles: z.array(RoleName).default([]),
      privileges: z.array(Privilege).default([]),
      superuser: z.boolean().default(false),
    })
    .refine(({ superuser, roles }) => superuser || !roles.some((role) => POWERS.has(role)), {
      error: `gives a role by which the account could keep itself from being ended: ${POWERS_OVER_US.join(', ')}`,
    })
    .exactOptional(),
  /** Take from PUBLIC what would come on top of every scope. Only skip it when the limits file accepts the excess. */
  hardenPublic: z.boolean().default(true),
});
export type TargetSpec = z.infer<typeof TargetSpec>;

/**
 * Makes a PostgreSQL cluster a target: executor, root, scopes, and PUBLIC without what breaks "exactly the scope". Safe to
 * repeat; gives the root credential, whose password is new each time.
 */
export async function prepareTarget(
  adminUrl: string,
  spec: TargetSpec,
  say: (line: string) => void,
): Promise<{ user: string; password: string }> {
  const password = randomBytes(24).toString('base64url');
  const databases = await withClient(adminUrl, async (admin) => {
    await makeRoles(admin, spec, password, say);
    return listDatabases(admin);
  });
  for (const database of databases)
    await withClient(atDatabase(adminUrl, database), async (admin) => {
      await admin.query(
        `GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${pg.escapeIdentifier(spec.connectRole)}`,
      );
      if (spec.hardenPublic) await hardenPublic(admin, database, say);
      // In every database but its own first: DROP OWNED also takes back what stands on the cluster, such as CONNECT.
      for (const scope of Object.values(spec.scopes))
        if (scope.database !== database)
          await admin.query(`DROP OWNED BY ${pg.escapeIdentifier(scope.role)}`);
    });
  if (spec.breakGlass !== undefined) await makeBreakGlass(adminUrl, spec, spec.breakGlass, say);
  for (const [name, scope] of Object.entries(spec.scopes))
    await withClient(atDatabase(adminUrl, scope.database), (admin) => grantScope(admin, name, scope, say));
  return { user: spec.root, password };
}

async function makeRoles(
  admin: pg.Client,
  spec: TargetSpec,
  password: string,
  say: (line: string) => void,
): Promise<void> {
  const [executor, root, connect] = [spec.executor, spec.root, spec.connectRole].map(pg.escapeIdentifier);
  await ensureRole(admin, spec.executor, 'NOLOGIN CREATEROLE NOINHERIT', say);
  await ensureRole(admin, spec.connectRole, 'NOLOGIN', say);
  const verifier = admin.escapeLiteral(scramVerifier(password));
  await ensureRole(admin, spec.root, `LOGIN CREATEROLE NOINHERIT PASSWORD ${verifier}`, say);
  await admin.query(`GRANT ${executor} TO ${root} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
  await admin.query(`GRANT ${connect} TO ${root} WITH ADMIN TRUE, INHERIT TRUE, SET FALSE`);
  await admin.query(`GRANT pg_use_reserved_connections TO ${connect}`);
  const [reserved] = await names(admin, "SELECT current_setting('reserved_connections') AS name");
  if (reserved === '0')
    say(
      'reserved_connections is 0: whoever takes every connection delays our ends; set it to 10 and restart',
    );
  for (const { role } of Object.values(spec.scopes)) {
    await ensureRole(admin, role, 'NOLOGIN', say);
    await admin.query(
      `GRANT ${pg.escapeIdentifier(role)} TO ${executor} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
    );
  }
  for (const account of spec.rotatableAccounts)
    await admin.query(
      `GRANT ${pg.escapeIdentifier(account)} TO ${executor} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
    );
}

/**
 * Closed accounts that the executor may open and close. It cannot alter a superuser unless it is one: where the
 * definition says `superuser`, executor and root become superusers too.
 */
async function makeBreakGlass(
  adminUrl: string,
  spec: TargetSpec,
  breakGlass: NonNullable<TargetSpec['breakGlass']>,
  say: (line: string) => void,
): Promise<void> {
  await withClient(atDatabase(adminUrl, breakGlass.database), async (admin) => {
    const executor = pg.escapeIdentifier(spec.executor);
    const kind = breakGlass.superuser ? 'SUPERUSER' : 'NOSUPERUSER';
    for (const account of breakGlass.accounts) {
      const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1 AND rolcanlogin', [
        account,
      ]);
      const login = rowCount === 1 ? '' : "NOLOGIN VALID UNTIL '-infinity'"; // one that is out stays out until its end
      await ensureRole(admin, account, `INHERIT ${kind} CONNECTION LIMIT ${MOST_SESSIONS} ${login}`, say);
      const name = pg.escapeIdentifier(account);
      await admin.query(`GRANT ${name} TO ${executor} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
      for (const role of breakGlass.roles)
        await admin.query(`GRANT ${pg.escapeIdentifier(role)} TO ${name} WITH INHERIT TRUE, SET FALSE`);
      for (const privilege of breakGlass.privileges) await admin.query(`GRANT ${privilege} TO ${name}`);
    }
    if (breakGlass.superuser)
      for (const role of [spec.executor, spec.root])
        await admin.query(`ALTER ROLE ${pg.escapeIdentifier(role)} SUPERUSER`);
  });
}

async function ensureRole(
  admin: pg.Client,
  role: string,
  attributes: string,
  say: (line: string) => void,
): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  await admin.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${pg.escapeIdentifier(role)} ${attributes}`);
  if (rowCount === 0) say(`created role ${role}`);
}

/** A scope has what the spec says and nothing else: what it had before is taken back, in one transaction. */
async function grantScope(
  admin: pg.Client,
  name: string,
  scope: TargetSpec['scopes'][string],
  say: (line: string) => void,
): Promise<void> {
  const role = pg.escapeIdentifier(scope.role);
  await admin.query('BEGIN');
  await admin.query(`DROP OWNED BY ${role}`);
  for (const privilege of scope.privileges) await admin.query(`GRANT ${privilege} TO ${role}`);
  await admin.query('COMMIT');
  say(`scope ${name}: ${scope.privileges.length} privileges for ${scope.role} in ${scope.database}`);
}

/** What PUBLIC gives every new role. Types, catalogues, LISTEN and advisory locks stay. */
async function hardenPublic(admin: pg.Client, database: string, say: (line: string) => void): Promise<void> {
  await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${pg.escapeIdentifier(database)} FROM PUBLIC`);
  await admin.query(
    'REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) FROM PUBLIC',
  );
  await admin.query('ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC');
  for (const language of await names(
    admin,
    "SELECT lanname AS name FROM pg_language WHERE lanpltrusted AND lanname <> 'sql'",
  ))
    await admin.query(`REVOKE USAGE ON LANGUAGE ${pg.escapeIdentifier(language)} FROM PUBLIC`);
  const schemas = await names(
    admin,
    "SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
  );
  for (const schema of schemas.map(pg.escapeIdentifier)) {
    await admin.query(`REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC`);
    await admin.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM PUBLIC`);
    await admin.query(`REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${schema} FROM PUBLIC`);
    await admin.query(`REVOKE ALL ON ALL ROUTINES IN SCHEMA ${schema} FROM PUBLIC`);
  }
  say(`${database}: PUBLIC may not connect, nor use ${schemas.length} schemas`);
}

const listDatabases = (admin: pg.Client): Promise<string[]> =>
  names(admin, 'SELECT datname AS name FROM pg_database WHERE datallowconn');

async function names(client: pg.Client, sql: string): Promise<string[]> {
  const { rows } = await client.query(sql);
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map((row) => row.name);
}
