import pg from 'pg';
import { z } from 'zod';
import { selectRows } from './session.js';

/**
 * Drops what the account owns in this database and takes back what was granted to it. Before that it takes back what the
 * account pushed onto its scope: inheriting a role is enough for REASSIGN OWNED … TO it and for ALTER DEFAULT PRIVILEGES
 * FOR it, so either would outlive the account. The scope's own privileges are left as they are.
 */
export async function dropBelongings(
  client: pg.Client,
  account: string,
  scopeRole: string | null,
): Promise<number> {
  const name = pg.escapeIdentifier(account);
  const before = await countOwned(client, [account, scopeRole]);
  await client.query('BEGIN');
  try {
    if (scopeRole !== null && (await hasPushedOntoScope(client, scopeRole)))
      await takeBackFromScope(client, name, scopeRole);
    await client.query(`DROP OWNED BY ${name} CASCADE`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  return before - (await countOwned(client, [account, scopeRole]));
}

const OWNED = `FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
  WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o' AND r.rolname = ANY($1)
    AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;

async function countOwned(client: pg.Client, roles: readonly (string | null)[]): Promise<number> {
  const [row] = await selectRows(
    client,
    z.object({ count: z.int() }),
    `SELECT count(*)::int AS count ${OWNED}`,
    [roles],
  );
  return row?.count ?? 0;
}

const hasPushedOntoScope = async (client: pg.Client, scopeRole: string): Promise<boolean> =>
  (await countOwned(client, [scopeRole])) > 0;

async function takeBackFromScope(client: pg.Client, account: string, scopeRole: string): Promise<void> {
  const scope = pg.escapeIdentifier(scopeRole);
  await client.query(`GRANT ${scope} TO CURRENT_USER WITH INHERIT TRUE, SET FALSE`);
  await client.query(`REASSIGN OWNED BY ${scope} TO ${account}`);
  for (const statement of await undoDefaultPrivileges(client, scopeRole)) await client.query(statement);
  await client.query(`REVOKE ${scope} FROM CURRENT_USER GRANTED BY CURRENT_USER`);
}

/** Statements that put the scope's default privileges back to PostgreSQL's own; an entry equal to those disappears. */
async function undoDefaultPrivileges(client: pg.Client, scopeRole: string): Promise<string[]> {
  const rows = await selectRows(
    client,
    z.object({
      schema: z.string().nullable(),
      type: z.enum(['r', 'S', 'f', 'T', 'n', 'L']),
      grantee: z.string(),
    }),
    `SELECT quote_ident(n.nspname) AS schema, d.defaclobjtype AS type,
       CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee
     FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
       CROSS JOIN LATERAL (SELECT grantee FROM aclexplode(d.defaclacl) UNION SELECT d.defaclrole) x
     WHERE r.rolname = $1`,
    [scopeRole],
  );
  const words = { r: 'TABLES', S: 'SEQUENCES', f: 'FUNCTIONS', T: 'TYPES', n: 'SCHEMAS', L: 'LARGE OBJECTS' };
  const forRole = `ALTER DEFAULT PRIVILEGES FOR ROLE ${pg.escapeIdentifier(scopeRole)}`;
  const revokes = rows.map(
    ({ schema, type, grantee }) =>
      `${forRole}${inSchema(schema)} REVOKE ALL ON ${words[type]} FROM ${grantee}`,
  );
  const types = new Set(rows.filter((row) => row.schema === null).map((row) => row.type));
  const grants = [...types].flatMap((type) => [
    `${forRole} GRANT ALL ON ${words[type]} TO ${pg.escapeIdentifier(scopeRole)}`,
    ...(type === 'f' ? [`${forRole} GRANT EXECUTE ON FUNCTIONS TO PUBLIC`] : []),
    ...(type === 'T' ? [`${forRole} GRANT USAGE ON TYPES TO PUBLIC`] : []),
  ]);
  return [...revokes, ...grants];
}

const inSchema = (schema: string | null): string => (schema === null ? '' : ` IN SCHEMA ${schema}`);
