import pg from 'pg';
import { z } from 'zod';
import type { EndedSessions, SessionId } from '../connector.js';
import { selectRows, sqlState } from './session.js';

const NOT_ALLOWED = '42501';
const LONGEST_MS = 10_000;

const Pid = z.object({ pid: z.int() });
const Session = z.object({ session: z.string() });

/** A process id alone is given again to others. */
export const SESSION = "concat(pid, '/', extract(epoch FROM backend_start))";

/** Whose sessions; the executor must inherit the account and may become it. */
interface Whose {
  account: string;
  id: string;
  executor: string;
}

/** Terminates the account's sessions until a look finds none, and gives them, `earlier` ones too. */
export async function terminateSessions(
  client: pg.Client,
  whose: Whose,
  earlier: readonly SessionId[],
): Promise<EndedSessions> {
  const ended = new Set(earlier);
  const giveUpAt = performance.now() + LONGEST_MS;
  for (;;) {
    const there = [...(await tellToGo(client, whose.id)), ...(await terminateBeginning(client, whose))];
    for (const session of there) ended.add(session);
    if (there.length === 0 || performance.now() > giveUpAt) return { ended: [...ended], left: there.length };
  }
}

/** Waits half a second for each to be gone. */
async function tellToGo(client: pg.Client, id: string): Promise<SessionId[]> {
  const sql = `SELECT ${SESSION} AS session, pg_terminate_backend(pid, 500) FROM pg_stat_activity WHERE usesysid = $1::oid`;
  return (await selectRows(client, Session, sql, [id])).map(({ session }) => session);
}

export async function listSessions(client: pg.Client, id: string): Promise<SessionId[]> {
  const sql = `SELECT ${SESSION} AS session FROM pg_stat_activity WHERE usesysid = $1::oid`;
  return (await selectRows(client, Session, sql, [id])).map(({ session }) => session);
}

/**
 * Terminates sessions that were let in and are not listed yet: `post_auth_delay`, which anybody may set for their own,
 * keeps one so for half an hour, and NOLOGIN does not reach it. Whose they are shows only in who may end them, so we do it
 * as the account, and not as one that may end them all.
 */
async function terminateBeginning(client: pg.Client, { account, executor }: Whose): Promise<SessionId[]> {
  await client.query(`SET ROLE ${pg.escapeIdentifier(account)}`);
  try {
    const beginning = await selectRows(
      client,
      Pid,
      `SELECT pid FROM pg_locks l WHERE locktype = 'virtualxid' AND current_setting('is_superuser') = 'off'
         AND NOT EXISTS (SELECT FROM pg_stat_activity a
           WHERE a.pid = l.pid AND (usesysid IS NOT NULL OR backend_type <> 'client backend'))`,
    );
    const terminated: SessionId[] = [];
    for (const { pid } of beginning) if (await mayTerminate(client, pid)) terminated.push(`${pid}/beginning`);
    return terminated;
  } finally {
    await client.query(`SET ROLE ${pg.escapeIdentifier(executor)}`);
  }
}

async function mayTerminate(client: pg.Client, pid: number): Promise<boolean> {
  try {
    await client.query('SELECT pg_terminate_backend($1, 500)', [pid]);
    return true;
  } catch (error) {
    if (sqlState(error) === NOT_ALLOWED) return false;
    throw error;
  }
}
