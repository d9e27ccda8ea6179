import pg from 'pg';
import { withClient } from '../../scripts/lib/connection.js';

export { atDatabase, withClient } from '../../scripts/lib/connection.js';

/** Data directories of test clusters: the prefix, then the process that started it. */
export const TEST_CLUSTER_PREFIX = 'countersign-test-';

/** Runs statements on one connection of their own. */
export async function administer(url: string, ...statements: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

/** Connections for what asks again and again: a login costs more than most answers. One that the server cuts is made anew. */
export function keptConnections(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  return pool;
}

/** Logs in and out again: `in`, or the SQLSTATE of the refusal, or `unknown` where there was no answer. */
export async function tryLogIn(uri: string): Promise<string> {
  const client = new pg.Client({ connectionString: uri });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'in';
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? 'unknown') : 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}
