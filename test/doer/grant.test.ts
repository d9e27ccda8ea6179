import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { atDatabase } from '../../scripts/lib/connection.js';
import { systemClock } from '../../src/core/clock.js';
import type { RequestId } from '../../src/core/tenant.js';
import { Credential, type PacketPayload, type Receipt } from '../../src/packet/index.js';
import { useWorld } from './fixture.js';
import {
  accountFor,
  DATABASE,
  endPacket,
  grantPacket,
  MIGRATE,
  revealPacket,
  type Target,
  until,
  type World,
} from './world.js';

let target: Target;
let world: World;

useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
});

async function showCredential(requestId: RequestId): Promise<Credential> {
  const identity = await generateX25519Identity();
  const receipt = await world.ask(revealPacket(requestId, await identityToRecipient(identity)));
  expect(receipt.outcome).toBe('revealed');
  return opened(receipt, identity);
}

async function opened(receipt: Receipt | undefined, identity: string | undefined): Promise<Credential> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity ?? '');
  const clear = await decrypter.decrypt(Buffer.from(receipt?.ciphertext ?? '', 'base64'), 'text');
  return Credential.parse(JSON.parse(clear));
}

async function login(uri: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: uri });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const Leases = z.object({
  leases: z.array(z.strictObject({ id: z.string(), issuedAt: z.string(), revokedAt: z.string() })).length(1),
});

describe('an access from its beginning to its end', () => {
  test('rule 9: of two showings that wait together, the later one is the one that works', async () => {
    const packet = grantPacket();
    const first = world.start();
    await world.ask(packet);
    await first.stop();
    const identities = [await generateX25519Identity(), await generateX25519Identity()];
    const asked = systemClock.now().getTime() - 1_000;
    const packets = await Promise.all(
      identities.map(async (identity, at) => {
        const recipient = await identityToRecipient(identity);
        return revealPacket(packet.requestId, recipient, 'alice', new Date(asked + at));
      }),
    );
    for (const reveal of packets) await world.release(reveal);
    world.start();
    const [, later] = await Promise.all(packets.map((reveal) => world.answer(reveal.id)));
    const client = await login((await opened(later, identities[1])).uri);
    await client.end();
  });

  test('rule 9: a showing that comes after a newer one is refused and kills nothing', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    const recipient = await identityToRecipient(await generateX25519Identity());
    const before = new Date(systemClock.now().getTime() - 1_000);
    const { uri } = await showCredential(packet.requestId);
    expect(await world.ask(revealPacket(packet.requestId, recipient, 'alice', before))).toMatchObject({
      outcome: 'rejected',
      code: 'showing_superseded',
      drift: null,
      ciphertext: null,
    });
    await (await login(uri)).end();
    await (await login((await showCredential(packet.requestId)).uri)).end();
  });

  test('rule 12: a clock that was ahead, and is set right, keeps no credential from being shown', async () => {
    let ahead = 600_000;
    const now = () => new Date(Date.now() + ahead);
    world.start({ clock: { now } });
    const packet = grantPacket({ now: now() });
    await world.ask(packet);
    const identity = await generateX25519Identity();
    const showing = async () =>
      world.ask(revealPacket(packet.requestId, await identityToRecipient(identity), 'alice', now()));
    expect((await showing()).outcome).toBe('revealed');
    ahead = 0;
    await (await login((await opened(await showing(), identity)).uri)).end();
  });

  test('rule 9: a doer whose clock is a little behind shows nothing older than what was shown last', async () => {
    let ahead = 0;
    const now = () => new Date(Date.now() + ahead);
    world.start({ clock: { now } });
    const packet = grantPacket();
    await world.ask(packet);
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const at = Date.now();
    ahead = 4_000;
    const newest = await world.ask(revealPacket(packet.requestId, recipient, 'alice', new Date(at + 3_000)));
    ahead = 0;
    expect(await world.ask(revealPacket(packet.requestId, recipient, 'alice', new Date(at)))).toMatchObject({
      code: 'showing_superseded',
    });
    await (await login((await opened(newest, identity)).uri)).end();
  });

  test('rule 2: an end signed by a clock ahead of ours is carried out now', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    const ahead = new Date(systemClock.now().getTime() + 3_600_000);
    expect((await world.ask(endPacket(packet.requestId, 'ended_early', ahead))).outcome).toBe('ended');
  });

  test('rule 9: a grant starts without a password; showing mints one, showing again kills the old', async () => {
    world.start();
    const packet = grantPacket();
    const granted = await world.ask(packet);
    expect(granted).toMatchObject({
      outcome: 'granted',
      code: 'done',
      account: accountFor(packet.requestId),
    });
    const [before] = await target.admin('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
      accountFor(packet.requestId),
    ]);
    expect(before).toEqual({ rolpassword: null });
    const first = await showCredential(packet.requestId);
    await (await login(first.uri)).end();
    const second = await showCredential(packet.requestId);
    await expect(login(first.uri)).rejects.toMatchObject({ code: '28P01' });
    const session = await login(second.uri);
    await expect(session.query('SELECT * FROM shop.orders')).resolves.toMatchObject({ rowCount: 1 });
    await session.end();
  });

  test('exactly the approved privileges: everything else is refused to the grantee', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    const session = await login((await showCredential(packet.requestId)).uri);
    const forbidden = [
      'SELECT * FROM shop.secrets',
      "INSERT INTO shop.orders VALUES (2, 'x')",
      'UPDATE shop.orders SET id = 2',
      'DELETE FROM shop.orders',
      'CREATE TABLE shop.mine(a int)',
      'CREATE TABLE public.mine(a int)',
      'CREATE TEMP TABLE mine(a int)',
      'SELECT lo_create(0)',
      'DO $$ BEGIN END $$',
      'SET ROLE cs_scope_read',
      'SET ROLE cs_executor',
      'CREATE ROLE other',
      "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
    ];
    for (const sql of forbidden)
      await expect(session.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    const elsewhere = atDatabase((await showCredential(packet.requestId)).uri, 'postgres');
    await expect(login(elsewhere)).rejects.toMatchObject({ code: '42501' });
    await session.end();
  });

  test('rule 11: an end terminates the open session, drops the role and reads back that nothing remains', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    const session = await login((await showCredential(packet.requestId)).uri);
    const lost = new Promise((resolve) => session.once('end', resolve));
    const ended = await world.ask(endPacket(packet.requestId));
    expect(ended).toMatchObject({
      outcome: 'ended',
      evidence: { role: 'absent', sessions: 0, sessionsEnded: 1 },
    });
    await lost;
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('rule 10: every answer tells of the leases it took: issued, what for, and proved revoked', async () => {
    world.start();
    const packet = grantPacket();
    const granted = await world.ask(packet);
    const refused = await world.ask(grantPacket({ change: { privileges: ['CONNECT ON DATABASE orders'] } }));
    expect(refused.code).toBe('scope_privileges_differ');
    const ended = await world.ask(endPacket(packet.requestId));
    const told = [granted, refused, ended].flatMap(({ evidence }) => Leases.parse(evidence).leases);
    expect(new Set(told.map((lease) => lease.id)).size).toBe(3);
    for (const { issuedAt, revokedAt } of told)
      expect(Date.parse(issuedAt)).toBeLessThanOrEqual(Date.parse(revokedAt));
    expect(
      await target.admin('SELECT FROM pg_roles WHERE rolname = ANY($1)', [told.map(({ id }) => id)]),
    ).toEqual([]);
  });

  test('rule 8: a late grant packet after its end is refused', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(endPacket(packet.requestId));
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code: 'grant_tombstoned' });
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('rule 8: an end packet repeated, or for a grant that never was, is answered with a proof', async () => {
    world.start();
    const packet = grantPacket();
    await world.ask(packet);
    for (let round = 0; round < 3; round += 1)
      expect((await world.ask(endPacket(packet.requestId))).outcome).toBe('ended');
  });

  test('rule 12: a re-signed grant packet gets the first expiry again, never a later one', async () => {
    world.start();
    const packet = grantPacket();
    const first = await world.ask(packet);
    const again = await world.ask({
      ...grantPacket({ requestId: packet.requestId }),
      reasonDigest: packet.reasonDigest,
    });
    expect(again).toMatchObject({ outcome: 'granted', expiresAt: first.expiresAt });
  });

  test('no access outlives endsAtLatest, whatever the duration', async () => {
    world.start();
    const endsAtLatest = new Date(Date.now() + 60_000).toISOString();
    expect(await world.ask(grantPacket({ change: { endsAtLatest } }))).toMatchObject({
      outcome: 'granted',
      expiresAt: endsAtLatest,
    });
  });

  test('rule 10: no lease login is left at the target', async () => {
    const doer = world.start();
    const packet = grantPacket();
    await world.ask(packet);
    await world.ask(endPacket(packet.requestId));
    await doer.stop();
    expect(await target.admin("SELECT rolname FROM pg_roles WHERE rolname LIKE 'cs\\_lease\\_%'")).toEqual(
      [],
    );
  });

  test('a showing is refused to anyone but the grantee, before the grant and after its end', async () => {
    world.start();
    const packet = grantPacket();
    const recipient = await identityToRecipient(await generateX25519Identity());
    expect(await world.ask(revealPacket(packet.requestId, recipient))).toMatchObject({
      code: 'grant_not_live',
    });
    await world.ask(packet);
    expect(await world.ask(revealPacket(packet.requestId, recipient, 'mallory'))).toMatchObject({
      code: 'subject_mismatch',
    });
    await world.ask(endPacket(packet.requestId));
    expect(await world.ask(revealPacket(packet.requestId, recipient))).toMatchObject({
      code: 'grant_not_live',
    });
  });

  test('no secret reaches the log, our database or the disk', async () => {
    const lines: string[] = [];
    const log = (...args: unknown[]) => void lines.push(JSON.stringify(args));
    world.start({ log: { info: log, warn: log, error: log } });
    const packet = grantPacket();
    await world.ask(packet);
    const { password } = await showCredential(packet.requestId);
    await world.ask(endPacket(packet.requestId));
    const stored = JSON.stringify(
      await world.ours(
        "SELECT encode(receipt, 'escape') AS r FROM gate.receipt_inbox UNION ALL SELECT encode(receipt, 'escape') FROM doer.packet",
      ),
    );
    expect(lines.join('\n') + stored).not.toContain(password);
    expect(lines.join('\n')).not.toContain(target.root.password);
  });
});

describe('what a scope creates cannot outlive it', () => {
  test.each([
    ['a table', 'CREATE TABLE shop.leak(a int)'],
    ['a function', "CREATE FUNCTION shop.leak() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
    [
      'a table handed to the scope role',
      'CREATE TABLE shop.leak(a int); REASSIGN OWNED BY CURRENT_USER TO cs_scope_migrate',
    ],
    ['default privileges of its own', 'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC'],
    [
      'default privileges of the scope role',
      'ALTER DEFAULT PRIVILEGES FOR ROLE cs_scope_migrate GRANT ALL ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES FOR ROLE cs_scope_migrate REVOKE ALL ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES FOR ROLE cs_scope_migrate IN SCHEMA shop GRANT ALL ON SEQUENCES TO PUBLIC',
    ],
    ['a setting of its own', "ALTER ROLE CURRENT_USER SET search_path = 'shop'"],
    ['a table granted to everybody', 'CREATE TABLE shop.leak(a int); GRANT ALL ON shop.leak TO PUBLIC'],
  ])('%s', async (_what, sql) => {
    world.start();
    const packet = grantPacket({ change: { scope: 'migrate', privileges: MIGRATE, durationMinutes: 30 } });
    expect(await world.ask(packet)).toMatchObject({ outcome: 'granted' });
    const session = await login((await showCredential(packet.requestId)).uri);
    await session.query(sql);
    await session.end();
    expect(await world.ask(endPacket(packet.requestId))).toMatchObject({ outcome: 'ended' });
    expect(
      await target.admin(
        "SELECT relname FROM pg_class WHERE relname = 'leak' UNION ALL SELECT proname FROM pg_proc WHERE proname = 'leak'",
      ),
    ).toEqual([]);
    expect(
      await target.admin(
        'SELECT defaclrole FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole WHERE NOT rolsuper',
      ),
    ).toEqual([]);
    const after = grantPacket({ change: { scope: 'migrate', privileges: MIGRATE, durationMinutes: 30 } });
    expect(await world.ask(after), 'the scope is as it was').toMatchObject({ outcome: 'granted' });
  });

  test('a large object, where the administrator left PUBLIC the right to make one', async () => {
    await target.admin('GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC');
    try {
      world.writeLimits((limits) => {
        const system = limits.systems['orders-db'];
        if (system) system.acceptedPublicExcess = ['EXECUTE ON FUNCTION pg_catalog.lo_create(oid)'];
      });
      world.start();
      const packet = grantPacket();
      expect(await world.ask(packet)).toMatchObject({ outcome: 'granted' });
      const session = await login((await showCredential(packet.requestId)).uri);
      await session.query('SELECT lo_create(4711)');
      await session.end();
      expect(await world.ask(endPacket(packet.requestId))).toMatchObject({
        outcome: 'ended',
        evidence: { objectsDropped: 1 },
      });
      expect(await target.admin('SELECT FROM pg_largeobject_metadata', [], DATABASE)).toEqual([]);
    } finally {
      await target.admin('REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM PUBLIC');
    }
  });
});

describe('two doers', () => {
  test('rule 8: every packet is answered once', async () => {
    world.start({ name: 'a' });
    world.start({ name: 'b' });
    const packets: PacketPayload[] = Array.from({ length: 10 }, () => grantPacket());
    await Promise.all(packets.map((packet) => world.release(packet)));
    for (const packet of packets) expect((await world.answer(packet.id)).outcome).toBe('granted');
    const ends = packets.map((packet) => endPacket(packet.requestId));
    await Promise.all(ends.map((packet) => world.release(packet)));
    for (const packet of ends) await world.answer(packet.id);
    const receipts = await world.receipts();
    expect(new Set(receipts.map((receipt) => receipt.packetId)).size).toBe(receipts.length);
    await until(
      'no account left',
      async () => (await target.admin("SELECT FROM pg_roles WHERE rolname LIKE 'cs\\_g\\_%'")).length === 0,
    );
  });

  test('rule 8: a grant and its end taken at the same time leave nothing behind', async () => {
    world.start({ name: 'a' });
    world.start({ name: 'b' });
    const pairs = Array.from({ length: 8 }, () => grantPacket()).map(
      (packet) => [packet, endPacket(packet.requestId)] as const,
    );
    await Promise.all(pairs.flat().map((packet) => world.release(packet)));
    for (const [grant, end] of pairs) {
      await world.answer(grant.id);
      await world.answer(end.id);
    }
    await until(
      'no account left',
      async () => (await target.admin("SELECT FROM pg_roles WHERE rolname LIKE 'cs\\_g\\_%'")).length === 0,
    );
  });
});
