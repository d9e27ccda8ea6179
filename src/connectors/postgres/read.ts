import type pg from 'pg';
import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import type { AccountState, ScopeInspection, ScopePlace } from '../connector.js';
import { PRIVILEGES_OF_PUBLIC, PRIVILEGES_OF_ROLE, SCOPE_UNCLEAN } from './privileges.js';
import { selectRows } from './session.js';

/**
 * Every account of ours begins so; the rest of the name is the grant's id, hence it can be found without any database
 * of ours.
 */
const ACCOUNT_PREFIX = 'cs_g_';

const Words = z.object({ word: z.string() });

export async function readClock(client: pg.Client): Promise<Date> {
  const [row] = await selectRows(
    client,
    z.object({ ms: z.coerce.number() }),
    'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms',
  );
  return new Date(row?.ms ?? Number.NaN);
}

/** `client` must be in the scope's own database. Throws `target_refused` when there is no such scope role. */
export async function inspectScope(client: pg.Client, scope: ScopePlace): Promise<ScopeInspection> {
  const oid = await roleOid(client, scope.role);
  if (oid === undefined)
    throw new CountersignError('target_refused', 'The target has no such scope.', { detail: scope.role });
  const words = async (sql: string, values: readonly unknown[]): Promise<string[]> =>
    (await selectRows(client, Words, sql, values)).map((row) => row.word).sort();
  return {
    privileges: await words(PRIVILEGES_OF_ROLE, [oid]),
    unclean: await words(SCOPE_UNCLEAN, [oid, scope.database]),
    publicExcess: await words(PRIVILEGES_OF_PUBLIC, []),
  };
}

export async function roleOid(client: pg.Client, role: string): Promise<string | undefined> {
  const [row] = await selectRows(
    client,
    z.object({ oid: z.string() }),
    'SELECT oid::text FROM pg_roles WHERE rolname = $1',
    [role],
  );
  return row?.oid;
}

const AccountRow = z.object({
  account: z.string(),
  id: z.string(),
  canLogin: z.boolean(),
  validUntil: z.coerce.number().nullable(),
  memberships: z.array(z.string()),
  excessAttributes: z.array(z.string()),
  sessions: z.int(),
  note: z.string().nullable(),
});

const ACCOUNTS = `
  SELECT r.rolname AS account, r.oid::text AS id, r.rolcanlogin AS "canLogin",
    CASE WHEN isfinite(r.rolvaliduntil) THEN extract(epoch FROM r.rolvaliduntil) * 1000 END AS "validUntil",
    array(SELECT g.rolname || CASE WHEN m.inherit_option THEN '' ELSE ' WITHOUT INHERIT' END
        || CASE WHEN m.set_option THEN ' WITH SET' ELSE '' END || CASE WHEN m.admin_option THEN ' WITH ADMIN' ELSE '' END
      FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid ORDER BY 1)::text[] AS memberships,
    array_remove(ARRAY[CASE WHEN EXISTS (SELECT FROM pg_roles s WHERE s.rolsuper AND pg_has_role(r.oid, s.oid, 'MEMBER')) THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
      CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END,
      CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL)::text[] AS "excessAttributes",
    (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = r.oid) AS sessions,
    shobj_description(r.oid, 'pg_authid') AS note
  FROM pg_roles r`;

export async function readAccount(client: pg.Client, account: string): Promise<AccountState | null> {
  const [row] = await selectRows(client, AccountRow, `${ACCOUNTS} WHERE r.rolname = $1`, [account]);
  return row ? toAccount(row) : null;
}

export async function listAccounts(client: pg.Client): Promise<AccountState[]> {
  const rows = await selectRows(client, AccountRow, `${ACCOUNTS} WHERE starts_with(r.rolname, $1)`, [
    ACCOUNT_PREFIX,
  ]);
  return rows.map(toAccount);
}

/** What of a role is left: itself, its sessions, whatever names it, and transactions it prepared (rule 11). */
export async function readRemains(client: pg.Client, account: string, id: string | null): Promise<string[]> {
  const rows = await selectRows(
    client,
    Words,
    `SELECT 'role' AS word FROM pg_roles WHERE rolname = $1
     UNION ALL SELECT 'session ' || pid FROM pg_stat_activity WHERE usesysid = $2::oid
     UNION ALL SELECT 'object in database ' || dbid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = $2::oid
     UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts WHERE owner = $1
     UNION ALL SELECT 'session ' || pid || ' of an unknown role' FROM pg_stat_activity a
       WHERE $2::oid IS NULL AND usesysid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid)`,
    [account, id],
  );
  return rows.map((row) => row.word);
}

const toAccount = (row: z.infer<typeof AccountRow>): AccountState => ({
  ...row,
  validUntil: row.validUntil === null ? null : new Date(row.validUntil),
});
