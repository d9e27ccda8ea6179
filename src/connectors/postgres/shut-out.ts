import pg from 'pg';
import { z } from 'zod';
import type { EndedSessions, TargetLogin } from '../connector.js';
import { openExecutor, selectRows, sqlState } from './session.js';
import { listSessions, terminateSessions } from './sessions.js';

/** A wait for somebody else's lock that was cut short, or lost to a deadlock. */
const HELD: ReadonlySet<string | undefined> = new Set(['55P03', '40P01']);
const ROUNDS = 5;

/**
 * Changes the account so that nobody can log in as before, whatever its holder does, and ends what acts for it: sessions,
 * and transactions it prepared. Who has ADMIN on a role may give itself the rest, and keeps it until `letGo`.
 *
 * Anybody may change their own password, and who left that uncommitted holds the row that we must change. So sessions are
 * told to go in the message that changes it: no session that comes back gets in between, and it waits behind us.
 */
export async function shutOut(
  client: pg.Client,
  login: TargetLogin,
  { account, id, change }: { account: string; id: string; change: string },
): Promise<EndedSessions> {
  const name = pg.escapeIdentifier(account);
  await client.query(`GRANT ${name} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE`);
  const ended = await listSessions(client, id);
  const oid = client.escapeLiteral(id);
  for (let round = 1; ; round += 1)
    try {
      await client.query(
        `BEGIN; SET LOCAL lock_timeout = '1s';
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usesysid = ${oid};
         ALTER ROLE ${name} ${change};
         COMMIT`,
      );
      break;
    } catch (error) {
      await client.query('ROLLBACK');
      if (round === ROUNDS || !HELD.has(sqlState(error))) throw error;
      await rollBackPrepared(client, login, account);
    }
  const sessions = await terminateSessions(client, { account, id, executor: login.executor }, ended);
  await rollBackPrepared(client, login, account);
  return sessions;
}

/** Gives up what `shutOut` took, since it carries the account's privileges. */
export const letGo = (client: pg.Client, account: string) =>
  client.query(`REVOKE ${pg.escapeIdentifier(account)} FROM CURRENT_USER GRANTED BY CURRENT_USER`);

/** Only who prepared a transaction may roll it back, in its own database: for that we become the account. */
async function rollBackPrepared(client: pg.Client, login: TargetLogin, account: string): Promise<void> {
  const prepared = await selectRows(
    client,
    z.object({ gid: z.string(), database: z.string() }),
    'SELECT gid, database FROM pg_prepared_xacts WHERE owner = $1',
    [account],
  );
  for (const database of new Set(prepared.map((one) => one.database))) {
    const there = await openExecutor(login, database);
    try {
      await there.query(`SET ROLE ${pg.escapeIdentifier(account)}`);
      for (const one of prepared)
        if (one.database === database) await there.query(`ROLLBACK PREPARED ${there.escapeLiteral(one.gid)}`);
    } finally {
      await there.end();
    }
  }
}
