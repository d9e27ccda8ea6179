import type pg from 'pg';
import { z } from 'zod';
import type { EndProof, ScopePlace, SessionId, TargetLogin } from '../connector.js';
import { dropBelongings } from './drop-belongings.js';
import { readRemains, roleOid } from './read.js';
import { openExecutor, selectRows } from './session.js';
import { shutOut } from './shut-out.js';
import { assertAccountName, dropRole } from './write.js';

/**
 * Rule 11, in its order: NOLOGIN → terminate by role id → prove zero sessions → drop → read back. Sessions go first since
 * they outlive both VALID UNTIL and DROP ROLE; nothing is dropped while one is left, so the next attempt still finds them.
 */
export async function endAccount(
  client: pg.Client,
  login: TargetLogin,
  account: string,
  options: { id: string | null; scope: ScopePlace | null },
): Promise<EndProof> {
  assertAccountName(account);
  const found = await roleOid(client, account);
  const id = found ?? options.id;
  let sessionsEnded: readonly SessionId[] = [];
  let objectsDropped = 0;
  if (found !== undefined) {
    const sessions = await shutOut(client, login, { account, id: found, change: 'NOLOGIN' });
    sessionsEnded = sessions.ended;
    if (sessions.left === 0) {
      for (const database of await databasesHolding(client, found, options.scope)) {
        const there = await openExecutor(login, database);
        try {
          objectsDropped += await dropBelongings(there, account, options.scope?.role ?? null);
        } finally {
          await there.end();
        }
      }
      await dropRole(client, account);
    }
  }
  const remains = await readRemains(client, account, id);
  return {
    proved: remains.length === 0,
    sessionsEnded,
    objectsDropped,
    remains,
    readBack: { role: 'absent', sessions: 0, dependencies: 0 },
  };
}

/** Every database that holds anything of the account, or anything its scope came to own there. */
async function databasesHolding(client: pg.Client, id: string, scope: ScopePlace | null): Promise<string[]> {
  const rows = await selectRows(
    client,
    z.object({ datname: z.string() }),
    `SELECT DISTINCT datname FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
     WHERE refclassid = 'pg_authid'::regclass AND datallowconn
       AND (refobjid = $1::oid
         OR refobjid = (SELECT oid FROM pg_roles WHERE rolname = $2) AND (deptype = 'o' OR classid = 'pg_default_acl'::regclass))`,
    [id, scope?.role ?? null],
  );
  return rows.map((row) => row.datname);
}
