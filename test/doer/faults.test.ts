import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { startCluster } from '../../scripts/lib/embedded-postgres.js';
import { manualClock, systemClock } from '../../src/core/clock.js';
import { newRequestId } from '../../src/core/ids.js';
import type { RequestId } from '../../src/core/tenant.js';
import { Credential, type Receipt } from '../../src/packet/index.js';
import { useWorld } from './fixture.js';
import { severable } from './severable.js';
import { killed, killSpawned, spawnDoer } from './spawn.js';
import { accountFor, endPacket, grantPacket, revealPacket, type Target, until, type World } from './world.js';

let target: Target;
let world: World;
useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
}, killSpawned);

async function openSession(requestId: RequestId): Promise<pg.Client> {
  const identity = await generateX25519Identity();
  const receipt = await world.ask(revealPacket(requestId, await identityToRecipient(identity)));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const { uri } = Credential.parse(
    JSON.parse(await decrypter.decrypt(Buffer.from(receipt.ciphertext ?? '', 'base64'), 'text')),
  );
  const client = new pg.Client({ connectionString: uri });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const sessionLost = (client: pg.Client): Promise<unknown> => new Promise((done) => client.once('end', done));

const receiptFor = (requestId: RequestId, outcome: Receipt['outcome']) =>
  until(`${outcome} receipt`, async () =>
    (await world.receipts()).find((one) => one.requestId === requestId && one.outcome === outcome),
  );

describe('rule 8: a doer killed in the middle resumes by read-back', () => {
  test.each([
    'doer.verified',
    'doer.leased',
    'doer.created',
    'doer.readback',
    'doer.receipt',
    'doer.delivered',
  ])('a grant, killed at %s: one account, one receipt', async (spot) => {
    const child = spawnDoer(world, spot);
    const packet = grantPacket();
    await world.release(packet);
    await killed(child);
    const doer = world.start({ name: 'a' });
    expect(await world.answer(packet.id)).toMatchObject({ outcome: 'granted', code: 'done' });
    const [made] = await target.admin('SELECT rolvaliduntil AS until FROM pg_roles WHERE rolname = $1', [
      accountFor(packet.requestId),
    ]);
    const answer = await world.answer(packet.id);
    expect(made).toEqual({ until: new Date(answer.expiresAt ?? '') });
    await world.ask(endPacket(packet.requestId));
    await doer.stop();
    expect((await world.receipts()).filter((receipt) => receipt.packetId === packet.id)).toHaveLength(1);
  });

  test.each(['doer.end.leased', 'doer.end.dropped', 'doer.receipt'])(
    'an end, killed at %s: ended, one receipt',
    async (spot) => {
      const doer = world.start({ name: 'a' });
      const packet = grantPacket();
      await world.ask(packet);
      await doer.stop();
      const child = spawnDoer(world, spot);
      const end = endPacket(packet.requestId);
      await world.release(end);
      await killed(child);
      world.start({ name: 'a' });
      expect(await world.answer(end.id)).toMatchObject({ outcome: 'ended' });
      expect(await target.hasAccount(packet.requestId)).toBe(false);
    },
  );

  test('a dead doer is taken over by another on another disk', async () => {
    const child = spawnDoer(world, 'doer.created');
    const packet = grantPacket();
    await world.release(packet);
    await killed(child);
    world.start({ name: 'b' });
    expect(await world.answer(packet.id)).toMatchObject({ outcome: 'granted' });
  });

  test('rule 12: made, and refused when resumed: ended at once, and the answer says that it had begun', async () => {
    const child = spawnDoer(world, 'doer.created');
    const packet = grantPacket();
    await world.release(packet);
    await killed(child);
    world.writeLimits((limits) => {
      limits.systems = {};
    });
    world.start({ name: 'b' });
    expect(await world.answer(packet.id)).toMatchObject({
      outcome: 'rejected',
      code: 'limit_system',
      evidence: { begun: true },
    });
    await until('the role gone', async () => !(await target.hasAccount(packet.requestId)));
  });

  test('rule 4: begun but not made, and the packet lapsed since: nothing is made', async () => {
    const child = spawnDoer(world, 'doer.leased');
    const packet = grantPacket({ now: new Date(Date.now() - 40_000) });
    await world.release(packet);
    await killed(child);
    world.start({ name: 'a', clock: { now: () => new Date(Date.now() + 90_000) } });
    expect(await world.answer(packet.id)).toMatchObject({ code: 'packet_expired' });
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('rule 10: the lease of a dead doer is swept once it lapsed', async () => {
    await target.admin(
      "CREATE ROLE cs_lease_dead LOGIN VALID UNTIL '2020-01-01'; GRANT cs_lease_dead TO cs_root WITH ADMIN TRUE, INHERIT TRUE",
    );
    world.start();
    await until(
      'the sweep',
      async () => (await target.admin("SELECT FROM pg_roles WHERE rolname = 'cs_lease_dead'")).length === 0,
    );
    const told = await until('its receipt', async () =>
      (await world.receipts()).find((one) => one.kind === 'lease'),
    );
    expect(told).toMatchObject({
      origin: 'doer',
      requestId: null,
      evidence: { ended: expect.arrayContaining(['cs_lease_dead']), left: [] },
    });
  });
});

describe('rule 12: the doer needs nobody to end', () => {
  test('more than one batch due at once: every session is gone before the first end is proved, and is counted once', async () => {
    let ahead = 0;
    let slow = 0;
    /** It is told again by the end of its own account, and dies then. */
    const dieAfterAll = async (): Promise<void> => {
      const told =
        "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_terminate_backend(pid, 500)%usesysid = $1%'";
      await until('the second word', async () => (await target.admin(told)).length > 0);
      process.kill(slow, 'SIGCONT');
    };
    let whenFirstDropped: 'all gone' | 'some open' | undefined;
    let dying: Promise<void> | undefined;
    const doer = world.start({
      clock: { now: () => new Date(Date.now() + ahead) },
      faults: async (spot) => {
        if (spot === 'doer.end.leased' && dying === undefined) dying = dieAfterAll();
        if (spot !== 'doer.end.dropped' || whenFirstDropped !== undefined) return;
        whenFirstDropped = 'some open';
        await Promise.all(lost);
        whenFirstDropped = 'all gone';
      },
    });
    const packets = Array.from({ length: 21 }, () => grantPacket());
    for (const packet of packets) await world.release(packet);
    for (const packet of packets) expect((await world.answer(packet.id)).outcome).toBe('granted');
    const ends = [packets[0], packets[20]].map((packet) => packet?.requestId ?? newRequestId());
    const sessions = await Promise.all(ends.map(openSession));
    const lost = sessions.map(sessionLost);
    slow = (await sessions[0]?.query('SELECT pg_backend_pid() AS pid'))?.rows[0].pid;
    process.kill(slow, 'SIGSTOP');
    ahead = 5 * 3_600_000;
    for (const requestId of ends)
      expect(await receiptFor(requestId, 'ended')).toMatchObject({
        origin: 'doer',
        evidence: { sessionsEnded: 1 },
      });
    expect(whenFirstDropped).toBe('all gone');
    await dying;
    await doer.stop();
  });

  test('an open session dies at its signed end with our database stopped; the receipt follows when it is back', async () => {
    const proxy = await severable(new URL(world.database.urls.doer));
    let ahead = 0;
    world.start({ databaseUrl: proxy.url, clock: { now: () => new Date(Date.now() + ahead) } });
    const packet = grantPacket();
    const granted = await world.ask(packet);
    expect(granted.outcome).toBe('granted');
    const session = await openSession(packet.requestId);
    const lost = sessionLost(session);
    proxy.sever();
    const untilItsEnd = () => Date.parse(granted.expiresAt ?? '') - Date.now();
    ahead = untilItsEnd() - 60_000;
    await session.query('SELECT pg_sleep(1)'); // four looks of the doer, a minute early
    ahead = untilItsEnd();
    await lost;
    await until('the role gone', async () => !(await target.hasAccount(packet.requestId)));
    const told = (await world.receipts()).filter((receipt) => receipt.requestId === packet.requestId);
    expect(told.map((receipt) => receipt.outcome)).toEqual(['granted', 'revealed']);
    proxy.mend();
    expect(await receiptFor(packet.requestId, 'ended')).toMatchObject({
      origin: 'doer',
      evidence: { reason: 'expired', sessions: 0 },
    });
    ahead = 0;
    expect(await world.ask({ ...packet, id: grantPacket().id })).toMatchObject({
      code: 'grant_tombstoned',
    });
    proxy.close();
  });

  test('a database that calls an end settled delays it to the signed end, and no further', async () => {
    const first = world.start();
    const packet = grantPacket();
    await world.ask(packet);
    const session = await openSession(packet.requestId);
    const lost = sessionLost(session);
    await first.stop();
    await world.release(endPacket(packet.requestId));
    await world.ours("UPDATE doer.packet SET settled = true, receipt = 'forged'");
    await world.ours('DELETE FROM doer.grant_record');
    world.start({ clock: { now: () => new Date(Date.now() + 61 * 60_000) } });
    await lost;
    expect(await receiptFor(packet.requestId, 'ended')).toMatchObject({
      origin: 'doer',
      evidence: { reason: 'expired', sessions: 0 },
    });
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('rule 11: two ends of one account, each under its own lease, are never both at it', async () => {
    let inside = 0;
    let most = 0;
    let leases = 0;
    const packet = grantPacket();
    const [first, second] = [endPacket(packet.requestId), endPacket(packet.requestId)];
    world.start({
      faults: async (spot) => {
        if (spot === 'doer.end.leased') leases += 1;
        if (spot !== 'doer.end.dropped') return;
        inside += 1;
        most = Math.max(most, inside);
        if (leases === 1) {
          await world.release(second);
          await until('the second lease', async () => leases === 2);
          await target.admin('SELECT pg_sleep(1)'); // an end takes a tenth of it
        }
        inside -= 1;
      },
    });
    await world.ask(packet);
    await world.release(first);
    for (const { id } of [first, second]) expect((await world.answer(id)).outcome).toBe('ended');
    expect(most).toBe(1);
  });

  test('an account past its end is ended by a doer with an empty disk and no database', async () => {
    const clock = manualClock(systemClock.now());
    const first = world.start({ name: 'a', clock });
    const packet = grantPacket({ now: clock.now() });
    await world.ask(packet);
    await first.stop();
    clock.advance(61 * 60_000);
    world.start({ name: 'b', clock, databaseUrl: 'postgresql://cs_doer:x@127.0.0.1:1/none' });
    await until('the role gone', async () => !(await target.hasAccount(packet.requestId)));
  });

  test('a moved clock: the account lapses at the same moment by the target’s clock', async () => {
    const day = 86_400_000;
    const now = new Date(Date.now() + day);
    world.start({ clock: { now: () => new Date(Date.now() + day) } });
    const packet = grantPacket({ now });
    const granted = await world.ask(packet);
    const [made] = await target.admin('SELECT rolvaliduntil AS until FROM pg_roles WHERE rolname = $1', [
      accountFor(packet.requestId),
    ]);
    const lapses = made?.['until'] instanceof Date ? made['until'].getTime() : Number.NaN;
    expect(Math.abs(Date.parse(granted.expiresAt ?? '') - day - lapses)).toBeLessThan(1_000);
  });
});

describe('rule 11: an end is proved or said to be unproved', () => {
  test('an unreachable target: unproven at once, ended by itself when it is back', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    await target.cluster.stop();
    const end = endPacket(packet.requestId);
    expect(await world.ask(end)).toMatchObject({ outcome: 'unproven', code: 'revoke_unproven' });
    target = { ...target, cluster: { ...(await restart()), remove: target.cluster.remove } };
    expect(await receiptFor(packet.requestId, 'ended')).toMatchObject({ origin: 'doer' });
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('a session that outlived its role by another’s hand is seen, and the end stays unproved until it is gone', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    const session = await openSession(packet.requestId);
    const account = accountFor(packet.requestId);
    await target.admin(`DROP OWNED BY ${account}; DROP ROLE ${account}`);
    expect(await world.ask(endPacket(packet.requestId))).toMatchObject({
      outcome: 'unproven',
      evidence: { remains: [expect.stringMatching(/^session \d+$/)] },
    });
    await session.end();
    expect(await receiptFor(packet.requestId, 'ended')).toMatchObject({ origin: 'doer' });
  });

  test('a lock held at the target delays the proof, not the end of the session', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    const session = await openSession(packet.requestId);
    const lost = sessionLost(session);
    const holder = new pg.Client({ connectionString: target.adminUrl });
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE pg_auth_members IN SHARE MODE`);
    const end = endPacket(packet.requestId);
    await world.release(end);
    expect(await world.answer(end.id)).toMatchObject({ outcome: 'unproven' });
    await holder.query('ROLLBACK');
    await holder.end();
    await lost;
    expect(await receiptFor(packet.requestId, 'ended')).toMatchObject({ origin: 'doer' });
  });

  test('an account a restored backup brought back is ended as resurrected', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    await world.ask(endPacket(packet.requestId));
    const account = accountFor(packet.requestId);
    await target.admin(
      `SET LOCAL ROLE cs_executor; CREATE ROLE ${account} LOGIN; GRANT cs_scope_read TO ${account}`,
    );
    const receipt = await until('resurrected', async () =>
      (await world.receipts()).find(
        (one) =>
          one.requestId === packet.requestId &&
          one.evidence['reason'] === 'resurrected' &&
          one.outcome === 'ended',
      ),
    );
    expect(receipt).toMatchObject({ origin: 'doer', kind: 'end', requestId: packet.requestId, account });
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('a live grant of another doer is left alone', async () => {
    world.start({ name: 'a' });
    world.start({ name: 'b' });
    const packet = grantPacket();
    await world.ask(packet);
    // A stray beside it shows that both looked at the target twice since.
    const stray = grantPacket();
    await target.admin(`SET LOCAL ROLE cs_executor; CREATE ROLE ${accountFor(stray.requestId)}`);
    await receiptFor(stray.requestId, 'ended');
    expect(await target.hasAccount(packet.requestId)).toBe(true);
  });
});

async function restart() {
  const password = new URL(target.adminUrl).password;
  return startCluster({
    dataDir: target.cluster.dataDir,
    port: target.cluster.port,
    password: decodeURIComponent(password),
    settings: { fsync: 'off' },
  });
}
