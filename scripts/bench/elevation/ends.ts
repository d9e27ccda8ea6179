import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { TestHouse } from '../../../test/harness/house.js';
import { atDatabase, withClient } from '../../lib/connection.js';
import type { Granted } from './grants.js';

/** Connections left to doer, bench and superuser of what the target admits. */
const RESERVED = 40;

export interface Ended {
  sessions: number;
  /** Milliseconds from the moment all were due. */
  lastSessionDead: number;
  lastAccountGone: number;
  lastProved: number;
}

/** Opens sessions on accesses in force, makes all due at once by the house's clock, and watches them die. */
export async function endMany(test: TestHouse, granted: readonly Granted[], minutes: number): Promise<Ended> {
  const { house } = test;
  const accounts = granted.map(({ account }) => account);
  return withClient(house.target.url, async (target) => {
    const sessions = await openSessions(test, target, accounts);
    const dueAt = performance.now();
    test.offsetClock((minutes + 1) * 60_000);
    const isGone = async () =>
      (await target.query('SELECT FROM pg_roles WHERE rolname = ANY($1)', [accounts])).rowCount === 0;
    const isProved = () =>
      withClient(
        house.ours.url,
        async (ours) =>
          (
            await ours.query("SELECT FROM gate.request WHERE id = ANY($1) AND state <> 'ended'", [
              granted.map(({ id }) => id),
            ])
          ).rowCount === 0,
      );
    const [lastSessionDead, lastAccountGone, lastProved] = await Promise.all([
      sessions.died.then(() => performance.now() - dueAt),
      until(isGone).then(() => performance.now() - dueAt),
      until(isProved).then(() => performance.now() - dueAt),
    ]);
    return { sessions: sessions.count, lastSessionDead, lastAccountGone, lastProved };
  });
}

/** The floor: an administrator's script does the same steps to as many bare accounts, over one connection, unproved. */
export async function endBare(
  test: TestHouse,
  count: number,
): Promise<Pick<Ended, 'lastSessionDead' | 'lastAccountGone'>> {
  const accounts = Array.from({ length: count }, (_, at) => `bare_${at}`);
  return withClient(atDatabase(test.house.target.url, 'orders'), async (target) => {
    for (const account of accounts)
      await target.query(`CREATE ROLE ${account} LOGIN; GRANT scope_orders_db_read_orders TO ${account}`);
    const sessions = await openSessions(test, target, accounts);
    const dueAt = performance.now();
    const lastSessionDead = sessions.died.then(() => performance.now() - dueAt);
    for (const account of accounts) {
      await target.query(`ALTER ROLE ${account} NOLOGIN`);
      await target.query('SELECT pg_terminate_backend(pid, 500) FROM pg_stat_activity WHERE usename = $1', [
        account,
      ]);
      await target.query(`DROP ROLE ${account}`);
    }
    return { lastAccountGone: performance.now() - dueAt, lastSessionDead: await lastSessionDead };
  });
}

/** One session an account, as many as the target admits, spread over all of them. */
async function openSessions({ house }: TestHouse, target: pg.Client, accounts: readonly string[]) {
  const { rows } = await target.query<{ max_connections: string }>('SHOW max_connections');
  const most = Number(rows[0]?.max_connections) - RESERVED;
  const count = Math.min(accounts.length, most);
  const password = randomBytes(12).toString('hex');
  const deaths: Promise<void>[] = [];
  for (let at = 0; at < count; at += 1) {
    const account = accounts[Math.floor(((at + 1) * accounts.length) / count) - 1] ?? '';
    await target.query(`ALTER ROLE ${pg.escapeIdentifier(account)} PASSWORD '${password}'`);
    const session = await openSession(house.target.url, account, password);
    deaths.push(session.died);
  }
  return { count, died: Promise.all(deaths) };
}

async function openSession(adminUrl: string, user: string, password: string) {
  const url = new URL(atDatabase(adminUrl, 'orders'));
  url.username = user;
  url.password = password;
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => {}); // its death is what we wait for
  await client.connect();
  return { died: new Promise<void>((resolve) => client.once('end', () => resolve())) };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(20);
}
