import pg from 'pg';
import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import { scramVerifier } from '../../core/scram.js';
import type { BreakGlassSession, TargetLogin } from '../connector.js';
import { readUnfitness } from './fitness.js';
import { GRANTS_OF_CLUSTER, GRANTS_OF_DATABASE } from './privileges.js';
import { roleOid } from './read.js';
import { openExecutor, selectRows, sqlState, targetError } from './session.js';
import { letGo, shutOut } from './shut-out.js';
import { SNAPSHOT_OF_CLUSTER, SNAPSHOT_OF_DATABASE } from './snapshot.js';

/** Standing accounts that only emergencies open. */
export const breakGlassSession = (client: pg.Client, login: TargetLogin): BreakGlassSession => ({
  readUnfitness: (account) => readUnfitness(client, account),
  async openAccount(account, { password, validUntil }) {
    await client.query("SET log_statement = 'none'").catch(() => undefined); // superusers only, unless granted
    const verifier = client.escapeLiteral(scramVerifier(password));
    const until = client.escapeLiteral(validUntil.toISOString());
    await client.query(
      `ALTER ROLE ${pg.escapeIdentifier(account)} LOGIN VALID UNTIL ${until} PASSWORD ${verifier}`,
    );
  },
  async closeAccount(account) {
    const id = await roleOid(client, account);
    if (id === undefined) throw new CountersignError('target_refused', 'The target has no such account.');
    try {
      return await shutOut(client, login, { account, id, change: "NOLOGIN VALID UNTIL '-infinity'" });
    } finally {
      await letGo(client, account);
    }
  },
  tryLogin: (account, password, database) => tryLogin(login, { account, password, database }),
  async takeSnapshot(accounts) {
    const lines = [
      ...(await words(client, SNAPSHOT_OF_CLUSTER, [accounts])),
      ...(await words(client, GRANTS_OF_CLUSTER)),
    ];
    for (const database of await databases(client)) {
      const there = await openExecutor(login, database);
      try {
        const found = [
          ...(await words(there, SNAPSHOT_OF_DATABASE)),
          ...(await words(there, GRANTS_OF_DATABASE)),
        ];
        lines.push(...found.map((line) => `${database}: ${line}`));
      } finally {
        await there.end();
      }
    }
    return lines.sort();
  },
});

/** As a person would, over the same way; whatever comes of it, no connection stays. Throws `target_unreachable`. */
async function tryLogin(
  login: TargetLogin,
  as: { account: string; password: string; database: string },
): Promise<string> {
  const client = new pg.Client({
    host: login.host,
    port: login.port,
    user: as.account,
    password: as.password,
    database: as.database,
    application_name: 'countersign-proof',
    connectionTimeoutMillis: 5_000,
    // Anybody may set this for their own account, and with a library that is not there no login of theirs succeeds.
    options: '-c local_preload_libraries=',
    ...(login.ca === null ? {} : { ssl: { ca: login.ca } }),
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'accepted';
  } catch (cause) {
    const code = sqlState(cause);
    if (targetError(cause).code === 'target_unreachable') throw targetError(cause);
    return code ?? 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}

const databases = async (client: pg.Client): Promise<string[]> =>
  (
    await selectRows(
      client,
      z.object({ name: z.string() }),
      "SELECT datname AS name FROM pg_database WHERE datallowconn AND has_database_privilege(session_user, oid, 'CONNECT') ORDER BY 1",
    )
  ).map((row) => row.name);

const words = async (client: pg.Client, sql: string, values: readonly unknown[] = []): Promise<string[]> =>
  (await selectRows(client, z.object({ word: z.string() }), sql, values)).map((row) => row.word);
