import pg from 'pg';
import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import { scramVerifier } from '../../core/scram.js';
import type { EndedSessions, NewAccount, SessionId, TargetLogin } from '../connector.js';
import { roleOid } from './read.js';
import { selectRows, sqlState } from './session.js';
import { SESSION } from './sessions.js';
import { letGo, shutOut } from './shut-out.js';

const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';

/** As many sessions as a person has use for, so that no access takes all that the target has. */
const MOST_SESSIONS = 10;

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
      `CREATE ROLE ${name} LOGIN INHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT ${MOST_SESSIONS} VALID UNTIL ${client.escapeLiteral(validUntil.toISOString())}`,
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
  await client.query(`ALTER ROLE ${pg.escapeIdentifier(account)} ${await asVerifier(client, password)}`);
}

/** Gives a standing login a password, and ends every session of it. */
export async function changePassword(
  client: pg.Client,
  login: TargetLogin,
  { account, password }: { account: string; password: string },
): Promise<EndedSessions> {
  const id = await roleOid(client, account);
  if (id === undefined) return { ended: [], left: 0 };
  const change = await asVerifier(client, password);
  try {
    return await shutOut(client, login, { account, id, change });
  } finally {
    await letGo(client, account);
  }
}

async function asVerifier(client: pg.Client, password: string): Promise<string> {
  await client.query("SET log_statement = 'none'").catch(() => undefined); // superusers only, unless granted
  return `PASSWORD ${client.escapeLiteral(scramVerifier(password))}`;
}

/** As many as are shut in one transaction: a commit each would take longer than all the rest. */
const SHUT_AT_ONCE = 100;

/** Gives the sessions each had. One that is gone, refused or held is left to its own end. */
export async function shutAccounts(
  client: pg.Client,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, readonly SessionId[]>> {
  for (const account of accounts) assertAccountName(account);
  const ended = new Map<string, Set<SessionId>>();
  for (let from = 0; from < accounts.length; from += SHUT_AT_ONCE)
    for (const { account, session } of await shutTogether(client, accounts.slice(from, from + SHUT_AT_ONCE)))
      ended.set(account, (ended.get(account) ?? new Set()).add(session));
  return new Map([...ended].map(([account, sessions]) => [account, [...sessions]]));
}

/** Gives what was told to go: before NOLOGIN, since it may hold what that needs, and after. */
async function shutTogether(client: pg.Client, accounts: readonly string[]): Promise<Told[]> {
  await client.query("BEGIN; SET LOCAL lock_timeout = '200ms'");
  try {
    const ours = await each(client, accounts, 'GRANT', 'TO CURRENT_USER WITH INHERIT TRUE, SET TRUE');
    const before = await tellToGo(client, ours);
    await each(client, ours, 'ALTER ROLE', 'NOLOGIN');
    await client.query('COMMIT');
    return [...before, ...(await tellToGo(client, ours))];
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Gives those for which it could be done. */
async function each(
  client: pg.Client,
  accounts: readonly string[],
  verb: string,
  what: string,
): Promise<string[]> {
  const done: string[] = [];
  for (const account of accounts) {
    await client.query('SAVEPOINT one');
    try {
      await client.query(`${verb} ${pg.escapeIdentifier(account)} ${what}`);
      done.push(account);
    } catch {
      await client.query('ROLLBACK TO SAVEPOINT one');
    }
  }
  return done;
}

const Told = z.object({ account: z.string(), session: z.string() });
type Told = z.infer<typeof Told>;

const tellToGo = (client: pg.Client, accounts: readonly string[]): Promise<Told[]> =>
  selectRows(
    client,
    Told,
    `SELECT usename::text AS account, ${SESSION} AS session, pg_terminate_backend(pid)
     FROM pg_stat_activity WHERE usename = ANY($1)`,
    [accounts],
  );

export async function dropRole(client: pg.Client, account: string): Promise<void> {
  await client.query(`DROP ROLE ${pg.escapeIdentifier(account)}`);
}

export const assertAccountName = (account: string): void => {
  if (!/^cs_g_[a-z2-7]{20}$/.test(account))
    throw new CountersignError('not_our_account', 'That account is not ours to end.', { detail: account });
};
