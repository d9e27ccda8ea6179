import pg from 'pg';
import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import { scramVerifier } from '../../core/scram.js';
import type { EndedSessions, NewAccount, SessionId } from '../connector.js';
import { roleOid } from './read.js';
import { selectRows, sqlState } from './session.js';

const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';

/**
 * One transaction: a crash leaves the whole account or nothing. INHERIT gives the scope's privileges; SET FALSE keeps the
 * account from becoming the scope, so that what it creates is its own and ends with it.
 */
export async function createAccount(
  client: pg.Client,
  { account, scope, validUntil, note }: NewAccount,
): Promise<void> {
  if (await roleOid(client, account)) return;
  const name = pg.escapeIdentifier(account);
  await client.query('BEGIN');
  try {
    await client.query(
      `CREATE ROLE ${name} LOGIN INHERIT NOCREATEDB NOCREATEROLE VALID UNTIL ${client.escapeLiteral(validUntil.toISOString())}`,
    );
    await client.query(
      `GRANT ${pg.escapeIdentifier(scope.role)} TO ${name} WITH INHERIT TRUE, SET FALSE, ADMIN FALSE`,
    );
    await client.query(`COMMENT ON ROLE ${name} IS ${client.escapeLiteral(note)}`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    // Another doer made it in between: whoever reads back next decides whether it is what it should be.
    if (![DUPLICATE_OBJECT, UNIQUE_VIOLATION].includes(sqlState(error) ?? '')) throw error;
  }
}

/** The target is told a verifier only; where it lets us, not even that reaches its log. */
export async function setPassword(client: pg.Client, account: string, password: string): Promise<void> {
  await client.query("SET log_statement = 'none'").catch(() => undefined); // superusers only, unless granted
  const verifier = client.escapeLiteral(scramVerifier(password));
  await client.query(`ALTER ROLE ${pg.escapeIdentifier(account)} PASSWORD ${verifier}`);
}

/** A process id alone is given again to others. */
const SESSION = "concat(pid, '/', extract(epoch FROM backend_start))";

/** Terminates by role id until a look finds none: one sweep misses sessions that are just connecting. */
export async function terminateSessions(client: pg.Client, id: string): Promise<EndedSessions> {
  const ended = new Set<SessionId>();
  let left = await countSessions(client, id);
  for (let round = 0; left > 0 && round < 20; round += 1) {
    const told = await selectRows(
      client,
      z.object({ session: z.string() }),
      `SELECT ${SESSION} AS session, pg_terminate_backend(pid, 500) FROM pg_stat_activity WHERE usesysid = $1::oid`,
      [id],
    );
    for (const { session } of told) ended.add(session);
    left = await countSessions(client, id);
  }
  return { ended: [...ended], left };
}

async function countSessions(client: pg.Client, id: string): Promise<number> {
  const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE usesysid = $1::oid', [id]);
  return rowCount ?? 0;
}

/** Lets the executor end the account's sessions and drop what it owns: who makes a role has ADMIN on it and no more. */
export async function lockAccount(client: pg.Client, account: string): Promise<void> {
  const name = pg.escapeIdentifier(account);
  await client.query(`ALTER ROLE ${name} NOLOGIN`);
  await client.query(`GRANT ${name} TO CURRENT_USER WITH INHERIT TRUE, SET FALSE`);
}

/** As many as are shut in one transaction: a commit each would take longer than all the rest. */
const SHUT_AT_ONCE = 100;

/** Gives the sessions that each had. */
export async function shutAccounts(
  client: pg.Client,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, readonly SessionId[]>> {
  for (const account of accounts) assertAccountName(account);
  const ended = new Map<string, readonly SessionId[]>();
  for (let from = 0; from < accounts.length; from += SHUT_AT_ONCE) {
    const shut = await lockAccounts(client, accounts.slice(from, from + SHUT_AT_ONCE));
    const sessions = await selectRows(
      client,
      z.object({ usename: z.string(), ended: z.array(z.string()) }),
      `SELECT usename, array_agg(${SESSION}) FILTER (WHERE pg_terminate_backend(pid)) AS ended
       FROM pg_stat_activity WHERE usesysid = ANY($1::oid[]) GROUP BY usename`,
      [shut],
    );
    for (const one of sessions) ended.set(one.usename, one.ended);
  }
  return ended;
}

/** Gives the ids of those that are there. One that is gone, refused or held is left to its own end. */
async function lockAccounts(client: pg.Client, accounts: readonly string[]): Promise<string[]> {
  const roles = await selectRows(
    client,
    z.object({ id: z.string(), name: z.string() }),
    'SELECT oid::text AS id, rolname::text AS name FROM pg_roles WHERE rolname = ANY($1)',
    [accounts],
  );
  const locked: string[] = [];
  await client.query("BEGIN; SET LOCAL lock_timeout = '200ms'");
  try {
    for (const { id, name } of roles) {
      await client.query('SAVEPOINT one');
      try {
        await lockAccount(client, name);
        locked.push(id);
      } catch {
        await client.query('ROLLBACK TO SAVEPOINT one');
      }
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  return locked;
}

export async function dropRole(client: pg.Client, account: string): Promise<void> {
  await client.query(`DROP ROLE ${pg.escapeIdentifier(account)}`);
}

/**
 * Ends every session of a standing login, e.g. after its password was changed. Inheriting the login is needed to do so
 * and is given up again at once, since it carries the login's privileges.
 */
export async function endSessions(client: pg.Client, account: string): Promise<EndedSessions> {
  const id = await roleOid(client, account);
  if (id === undefined) return { ended: [], left: 0 };
  const name = pg.escapeIdentifier(account);
  await client.query(`GRANT ${name} TO CURRENT_USER WITH INHERIT TRUE, SET FALSE`);
  try {
    return await terminateSessions(client, id);
  } finally {
    await client.query(`REVOKE ${name} FROM CURRENT_USER GRANTED BY CURRENT_USER`);
  }
}

export const assertAccountName = (account: string): void => {
  if (!/^cs_g_[a-z2-7]{20}$/.test(account))
    throw new CountersignError('not_our_account', 'That account is not ours to end.', { detail: account });
};
