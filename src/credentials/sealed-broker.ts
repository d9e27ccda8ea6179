import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';
import { scramVerifier } from '../core/scram.js';
import { type CredentialBroker, LEASE_SECONDS, type Lease, type LeaseLogin } from './broker.js';
import { openRoot, type SealedKey, type SealedStore } from './sealed-store.js';

/** Where a system's root logs in. */
export interface SealedTarget {
  host: string;
  port: number;
  /** Any database root may connect to; roles are the cluster's. */
  maintenanceDatabase: string;
  executor: string;
  /** NOLOGIN role that holds CONNECT on the databases; leases inherit it and nothing else. */
  connectRole: string;
  ca: string | null;
}

const PREFIX = 'cs_lease_';
const ROUNDS = 20;

/**
 * The embedded broker: the root credential is encrypted at rest and used only here, to make and remove a login a lease.
 * Weaker than a vault, since this process could be made to give up root.
 */
export function sealedBroker(options: {
  key: SealedKey;
  readStore: () => SealedStore;
  targets: Readonly<Record<string, SealedTarget>>;
}): CredentialBroker<LeaseLogin> {
  const withRoot = async <T>(
    system: string,
    work: (root: pg.Client, target: SealedTarget) => Promise<T>,
  ): Promise<T> => {
    const target = options.targets[system];
    if (!target) throw new CountersignError('unknown_system', 'There is no such target.', { detail: system });
    const root = await connectRoot(target, openRoot(options.readStore(), options.key, system));
    try {
      return await work(root, target);
    } finally {
      await root.end();
    }
  };
  return {
    lease: (system) =>
      withRoot(system, async (root, target): Promise<Lease<LeaseLogin>> => {
        const id = `${PREFIX}${randomBytes(8).toString('hex')}`;
        const password = randomBytes(24).toString('base64url');
        await mintLogin(root, target, id, password);
        const { host, port, maintenanceDatabase: database, executor, ca } = target;
        return {
          id,
          login: { host, port, database, user: id, password, executor, ca },
          revoke: () => withRoot(system, (again) => removeLogin(again, id)),
        };
      }),
    sweep: (system) =>
      withRoot(system, async (root) => {
        const [ended, left]: [string[], string[]] = [[], []];
        for (const id of await expiredLogins(root))
          await removeLogin(root, id).then(
            () => ended.push(id),
            () => left.push(id),
          );
        return { ended, left };
      }),
  };
}

async function connectRoot(
  target: SealedTarget,
  root: { user: string; password: string },
): Promise<pg.Client> {
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    database: target.maintenanceDatabase,
    user: root.user,
    password: root.password,
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
    ...(target.ca === null ? {} : { ssl: { ca: target.ca } }),
  });
  client.on('error', () => undefined); // a lost connection shows in the next query
  try {
    await client.connect();
    await client.query("SET log_statement = 'none'").catch(() => undefined); // only where root may
    await client.query("SET lock_timeout = '5s'");
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw new CountersignError('target_unreachable', 'The target cannot be reached.', { cause });
  }
}

async function mintLogin(root: pg.Client, target: SealedTarget, id: string, password: string): Promise<void> {
  const until = z
    .array(z.object({ until: z.string() }))
    .length(1)
    .parse(
      (await root.query(`SELECT (clock_timestamp() + interval '${LEASE_SECONDS} seconds')::text AS until`))
        .rows,
    )[0]?.until;
  const name = pg.escapeIdentifier(id);
  const verifier = root.escapeLiteral(scramVerifier(password));
  await root.query('BEGIN');
  try {
    await root.query(
      `CREATE ROLE ${name} LOGIN NOINHERIT CONNECTION LIMIT 4 VALID UNTIL ${root.escapeLiteral(until ?? '-infinity')} PASSWORD ${verifier}`,
    );
    await root.query(
      `GRANT ${pg.escapeIdentifier(target.executor)} TO ${name} WITH INHERIT FALSE, SET TRUE, ADMIN FALSE`,
    );
    await root.query(
      `GRANT ${pg.escapeIdentifier(target.connectRole)} TO ${name} WITH INHERIT TRUE, SET FALSE, ADMIN FALSE`,
    );
    // Without inheriting it, its maker may not end the lease's sessions.
    await root.query(`GRANT ${name} TO CURRENT_USER WITH INHERIT TRUE, SET FALSE`);
    await root.query('COMMIT');
  } catch (cause) {
    await root.query('ROLLBACK').catch(() => undefined);
    throw new CountersignError('target_refused', 'The target refused to make a lease.', { cause });
  }
}

/** NOLOGIN, sessions ended by role id until none is left, dropped, read back: a session outlives its login (rule 10). */
async function removeLogin(root: pg.Client, id: string): Promise<void> {
  const found = z
    .array(z.object({ oid: z.string() }))
    .parse((await root.query('SELECT oid::text FROM pg_roles WHERE rolname = $1', [id])).rows);
  const oid = found[0]?.oid;
  if (oid === undefined) return;
  const name = pg.escapeIdentifier(id);
  await root.query(`ALTER ROLE ${name} NOLOGIN`);
  for (let round = 0; (await terminateSessions(root, oid)) > 0; round += 1)
    if (round === ROUNDS)
      throw new CountersignError('lease_unproven', 'A session of a lease could not be ended.', {
        detail: id,
      });
  await root.query(`DROP ROLE ${name}`);
  const { rowCount } = await root.query('SELECT FROM pg_roles WHERE oid = $1::oid', [oid]);
  if (rowCount !== 0)
    throw new CountersignError('lease_unproven', 'A lease could not be removed.', { detail: id });
}

async function terminateSessions(root: pg.Client, oid: string): Promise<number> {
  const { rowCount } = await root.query(
    'SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usesysid = $1::oid',
    [oid],
  );
  return rowCount ?? 0;
}

async function expiredLogins(root: pg.Client): Promise<string[]> {
  const { rows } = await root.query(
    `SELECT rolname FROM pg_roles WHERE rolname LIKE '${PREFIX.replaceAll('_', '\\_')}%' AND rolvaliduntil < clock_timestamp()`,
  );
  return z
    .array(z.object({ rolname: z.string() }))
    .parse(rows)
    .map((row) => row.rolname);
}
