import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { RequestId } from '../../src/core/tenant.js';
import type { Receipt } from '../../src/packet/index.js';
import { tryLogIn } from '../harness/postgres-admin.js';
import { useWorld } from './fixture.js';
import { ACCOUNT, acts, asAnother, openUse, rotate, show } from './glass.js';
import {
  accountFor,
  checkOutPacket,
  endPacket,
  grantPacket,
  type Target,
  until,
  type World,
} from './world.js';

let target: Target;
let world: World;

useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
  world.start();
});

/** An access in force, and how it is ended. */
interface Held {
  account: string;
  uri: string;
  end(): Promise<Receipt>;
}

async function holdGlass(): Promise<Held> {
  const { requestId, uri } = await openUse(world);
  return { account: ACCOUNT, uri, end: () => world.ask(rotate(requestId)) };
}

async function holdGrant(): Promise<Held> {
  const { requestId, credential } = await granted();
  return {
    account: accountFor(requestId),
    uri: credential?.uri ?? '',
    end: () => world.ask(endPacket(requestId)),
  };
}

async function granted() {
  const packet = grantPacket();
  await world.ask(packet);
  return { requestId: packet.requestId as RequestId, ...(await show(world, packet.requestId)) };
}

const OWN_ROW = ['BEGIN', "ALTER ROLE CURRENT_USER PASSWORD 'of my own'"];

/** Sessions of theirs as the target's superuser sees them. */
const sessionsOf = (account: string) =>
  target.admin('SELECT pid FROM pg_stat_activity WHERE usesysid = $1::regrole', [account]);

describe.each([
  ['break-glass', holdGlass, 'rotated'],
  ['a grant', holdGrant, 'ended'],
] as const)('whoever holds %s keeps nothing past its end', (_kind, hold, proved) => {
  const endsAll = async (held: Held): Promise<Receipt> => {
    const receipt = await held.end();
    expect(receipt, JSON.stringify(receipt.evidence)).toMatchObject({ outcome: proved });
    expect(await tryLogIn(held.uri)).not.toBe('in');
    const left =
      'SELECT FROM pg_stat_activity a WHERE usesysid NOT IN (SELECT oid FROM pg_roles WHERE rolname <> $1)';
    expect(await target.admin(left, [held.account])).toEqual([]);
    return receipt;
  };

  test('by an open transaction that holds their own row and settings, and what everybody may lock', async () => {
    const held = await hold();
    const session = await acts(
      held.uri,
      ...OWN_ROW,
      "ALTER ROLE CURRENT_USER SET work_mem = '1MB'",
      'LOCK TABLE pg_settings',
      'SELECT pg_advisory_lock(1)',
    );
    expect((await endsAll(held)).evidence).toMatchObject({ sessionsEnded: 1 });
    await expect(session.query('SELECT 1')).rejects.toThrow();
  });

  test('by a prepared transaction that holds their own row without any session', async () => {
    const held = await hold();
    await (await acts(held.uri, ...OWN_ROW, "PREPARE TRANSACTION 'kept'")).end();
    await endsAll(held);
    expect(await target.admin('SELECT gid FROM pg_prepared_xacts')).toEqual([]);
  });

  test('by a session that has passed its login and takes its time to begin', async () => {
    const held = await hold();
    const slow = acts(`${held.uri}?options=${encodeURIComponent('-c post_auth_delay=20')}`, 'SELECT 1');
    slow.catch(() => undefined);
    // None of ours takes so long, and the wait is after the login.
    await until('it waits', async () => {
      const beginning = await target.admin(
        "SELECT pid FROM pg_stat_activity WHERE usesysid IS NULL AND backend_type = 'client backend' AND backend_start < now() - interval '2 seconds'",
      );
      return beginning.length > 0;
    });
    await endsAll(held);
    await expect(slow).rejects.toThrow();
  });

  test('by sessions that come back as fast as they are ended, each for its own row', async () => {
    const held = await hold();
    let isOver = false;
    const comesBack = async (): Promise<void> => {
      while (!isOver) await acts(held.uri, ...OWN_ROW).catch(() => undefined);
    };
    const crowd = Array.from({ length: 4 }, comesBack);
    await until('they hold it', async () => (await sessionsOf(held.account)).length > 3);
    await endsAll(held).finally(() => {
      isOver = true;
    });
    await Promise.all(crowd);
  });
});

test('whoever takes every connection of the target, ten by their grant and the rest by another login, delays no end', async () => {
  const held = await holdGrant();
  const sessions: pg.Client[] = [];
  const takeAll = async (uri: string): Promise<void> => {
    try {
      for (;;) sessions.push(await acts(uri));
    } catch (error) {
      expect(error).toMatchObject({ code: '53300' });
    }
  };
  await takeAll(held.uri);
  expect(sessions).toHaveLength(10);
  await target.admin("CREATE ROLE crowd LOGIN PASSWORD 'crowd'; GRANT CONNECT ON DATABASE orders TO crowd");
  await takeAll(asAnother(held.uri, 'crowd', 'crowd'));
  const receipt = await held.end();
  await Promise.all(sessions.map((session) => session.end().catch(() => undefined)));
  await target.admin('REVOKE CONNECT ON DATABASE orders FROM crowd; DROP ROLE crowd');
  expect(receipt).toMatchObject({ outcome: 'ended', evidence: { sessionsEnded: 10 } });
}, 120_000);

test('an account that could keep itself from being ended is none to hand out', async () => {
  await target.admin(
    `ALTER ROLE ${ACCOUNT} CONNECTION LIMIT -1; CREATE ROLE owners; GRANT owners TO ${ACCOUNT}`,
  );
  await target.admin(`GRANT pg_signal_backend, pg_write_all_data, pg_maintain TO ${ACCOUNT} WITH SET FALSE`);
  const answer = await world.ask(checkOutPacket());
  await target.admin(`REVOKE pg_signal_backend, pg_write_all_data, pg_maintain FROM ${ACCOUNT}`);
  await target.admin(`ALTER ROLE ${ACCOUNT} CONNECTION LIMIT 10; DROP ROLE owners`);
  expect(answer.code).toBe('account_unfit');
  expect(answer.evidence['excess']).toEqual(
    expect.arrayContaining([
      'NO CONNECTION LIMIT',
      'MEMBER OF pg_signal_backend',
      'MEMBER OF pg_write_all_data',
      'MEMBER OF pg_maintain',
      'MAY BECOME owners',
    ]),
  );
});

test('a transaction that somebody else prepared meanwhile stays behind, and is told', async () => {
  const { requestId } = await openUse(world);
  await target.admin("BEGIN; CREATE TABLE shop.pending(); PREPARE TRANSACTION 'pending'");
  const { drift } = await world.ask(rotate(requestId));
  await target.admin("ROLLBACK PREPARED 'pending'");
  expect(drift).toContainEqual({ change: 'added', line: 'PREPARED TRANSACTION pending OWNER postgres' });
});
