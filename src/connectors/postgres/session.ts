import pg from 'pg';
import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import type { TargetLogin } from '../connector.js';

/** SQLSTATE classes and socket errors that mean "not there", as opposed to "there, and says no". */
const UNREACHABLE = /^(08|53|57P0)|^E[A-Z]+$/;

/**
 * Logs in with a lease and takes on the executor role; in the lease's own name it may do nothing. Statements and waits
 * for locks are bounded, so that whoever holds a lock at the target cannot hold us.
 */
export async function openExecutor(login: TargetLogin, database: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: login.host,
    port: login.port,
    user: login.user,
    password: login.password,
    database,
    application_name: 'countersign-doer',
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    statement_timeout: 20_000,
    lock_timeout: 5_000,
    ...(login.ca === null ? {} : { ssl: { ca: login.ca } }),
  });
  client.on('error', () => undefined); // a lost connection shows in the next query
  try {
    await client.connect();
    await client.query(`SET ROLE ${pg.escapeIdentifier(login.executor)}`);
    await client.query("SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET search_path = pg_catalog");
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw targetError(cause);
  }
}

/** What went wrong, without the server's text in the public sentence: it may quote names or data. */
export function targetError(cause: unknown): CountersignError {
  if (cause instanceof CountersignError) return cause;
  const code = sqlState(cause);
  if (code === undefined || UNREACHABLE.test(code))
    return new CountersignError('target_unreachable', 'The target cannot be reached.', {
      cause,
      detail: code ?? 'connection',
    });
  return new CountersignError('target_refused', 'The target refused.', { cause, detail: code });
}

export function sqlState(error: unknown): string | undefined {
  const parsed = z.object({ code: z.string() }).safeParse(error);
  return parsed.success ? parsed.data.code : undefined;
}

/** Rows of one statement, parsed. */
export async function selectRows<T extends z.ZodType>(
  client: pg.Client,
  row: T,
  sql: string,
  values: readonly unknown[] = [],
): Promise<z.infer<T>[]> {
  const { rows } = await client.query(sql, [...values]);
  return z.array(row).parse(rows);
}
