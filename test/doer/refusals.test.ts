import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../src/core/canonical.js';
import { newPacketId, newRequestId } from '../../src/core/ids.js';
import { TenantId } from '../../src/core/tenant.js';
import { type GrantPacket, generateKeySet, signPacket } from '../../src/packet/index.js';
import { useWorld } from './fixture.js';
import {
  endPacket,
  grantPacket,
  MIGRATE,
  revealPacket,
  SYSTEM,
  type Target,
  TENANT,
  until,
  type World,
} from './world.js';

let target: Target;
let world: World;

useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
});

/** The envelope with its payload changed and its signatures kept. */
function alter(envelope: Uint8Array, change: (payload: Record<string, Json>) => void): Uint8Array {
  const outer = JSON.parse(Buffer.from(envelope).toString()) as Record<string, Json>;
  const payload = JSON.parse(Buffer.from(String(outer['payload']), 'base64url').toString()) as Record<
    string,
    Json
  >;
  change(payload);
  return Buffer.from(
    canonicalJson({ ...outer, payload: Buffer.from(canonicalJson(payload)).toString('base64url') }),
  );
}

describe('rule 6: what does not verify is answered by a signed rejection and dropped', () => {
  test('a grant packet with any one field altered', async () => {
    world.start();
    const packet = grantPacket();
    const others: Record<keyof GrantPacket, Json> = {
      v: 2,
      kind: 'end',
      id: newPacketId(),
      tenant: 'T0OTHER',
      requestId: newRequestId(),
      system: 'other-db',
      issuedAt: '2020-01-01T00:00:00.000Z',
      notBefore: '2020-01-01T00:00:00.000Z',
      expiresAt: '2099-01-01T00:00:00.000Z',
      requester: 'mallory',
      subject: 'mallory',
      scope: 'migrate',
      login: 'mallory',
      privileges: MIGRATE,
      startAt: '2020-01-01T00:00:00.000Z',
      durationMinutes: 61,
      change: `a/b@${'0'.repeat(40)}`,
      reasonDigest: '0'.repeat(64),
      seal: '0'.repeat(64),
      endsAtLatest: '2099-01-01T00:00:00.000Z',
      approvalsNeeded: 0,
      votes: [],
      window: {},
    };
    for (const [field, value] of Object.entries(others)) {
      const fresh = { ...packet, id: newPacketId() };
      const envelope = alter(signPacket(fresh, world.keys.worker.packetSigner), (payload) => {
        payload[field] = value;
      });
      await world.release(fresh, { envelope });
      expect(await world.answer(fresh.id), field).toMatchObject({
        outcome: 'rejected',
        code: 'signature_rejected',
        evidence: { why: 'bad_signature' },
      });
    }
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('rule 2: a hundred ends that nobody can read do not keep one that can waiting', async () => {
    await world.ours(
      `INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, released_at)
       SELECT $1, 'bad ' || n, 'end', 'nobody', $2, 'garbage', '2020-01-01' FROM generate_series(1, 100) AS n`,
      [TENANT, SYSTEM],
    );
    world.start();
    const packet = grantPacket();
    expect((await world.ask(packet)).outcome).toBe('granted');
    expect((await world.ask(endPacket(packet.requestId))).outcome).toBe('ended');
  });

  test('a wrong HMAC, an unknown key, a foreign tenant, a key not for this kind, garbage', async () => {
    world.start();
    const { packetSigner } = world.keys.worker;
    const [mac] = packetSigner.macs;
    if (!mac) throw new Error('no mac key');
    const strangers = generateKeySet(mac.tenant);
    const reveal = {
      ...packetSigner,
      kid: world.keys.app.packetSigner.kid,
      privateKey: world.keys.app.packetSigner.privateKey,
    };
    const foreign = TenantId.parse('T0OTHER');
    const cases: [string, (packet: GrantPacket) => Uint8Array][] = [
      [
        'bad_mac',
        (packet) =>
          signPacket(packet, {
            ...packetSigner,
            macs: [{ ...mac, key: strangers.worker.packetSigner.macs[0]?.key ?? '' }],
          }),
      ],
      ['unknown_key', (packet) => signPacket(packet, strangers.worker.packetSigner)],
      ['key_not_for_kind', (packet) => signPacket(packet, reveal)],
      [
        'bad_mac',
        (packet) =>
          signPacket(
            { ...packet, tenant: foreign },
            { ...packetSigner, macs: [{ ...mac, tenant: foreign }] },
          ),
      ],
      ['row_differs', (packet) => signPacket({ ...packet, id: newPacketId() }, packetSigner)],
      ['row_differs', (packet) => signPacket(endPacket(packet.requestId), packetSigner)],
      ['malformed', () => Buffer.from('{"v":1}')],
      ['malformed', () => Buffer.from([0, 255, 1])],
      ['malformed', (packet) => Buffer.concat([signPacket(packet, packetSigner), Buffer.from(' ')])],
    ];
    for (const [why, envelope] of cases) {
      const packet = grantPacket();
      await world.release(packet, { envelope: envelope(packet) });
      expect(await world.answer(packet.id), why).toMatchObject({
        code: 'signature_rejected',
        evidence: { why },
      });
      expect(await target.hasAccount(packet.requestId)).toBe(false);
    }
  });

  test('rule 6: the app cannot end, the worker cannot reveal', async () => {
    const { requestId } = grantPacket();
    expect(() => signPacket(endPacket(requestId), world.keys.app.packetSigner)).toThrow(
      expect.objectContaining({ code: 'key_not_for_kind' }),
    );
    const recipient = await identityToRecipient(await generateX25519Identity());
    expect(() => signPacket(revealPacket(requestId, recipient), world.keys.worker.packetSigner)).toThrow();
  });

  test('a packet row with an id that is no id neither stops the doer nor is acted on', async () => {
    world.start();
    const packet = grantPacket();
    const envelope = Buffer.from(signPacket(packet, world.keys.worker.packetSigner));
    await world.ours(
      'INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, released_at) VALUES ($1, $2, $3, $4, $5, $6, now())',
      [packet.tenant, "'; --", 'grant', packet.requestId, SYSTEM, envelope],
    );
    expect((await world.ask(grantPacket())).outcome).toBe('granted');
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('a packet released again is answered with the stored receipt, not acted on again', async () => {
    world.start();
    const packet = grantPacket();
    const first = await world.ask(packet);
    await world.ours('DELETE FROM gate.packet WHERE id = $1', [packet.id]); // a restore from before it
    await world.release(packet);
    const answers = async () => (await world.receipts()).filter((one) => one.packetId === packet.id);
    await until('the same receipt again', async () => (await answers()).length === 2);
    expect((await answers())[1]).toEqual(first);
  });
});

describe('the limits file is read anew for each grant', () => {
  test('rule 6: grants an hour, by the limits file, two doers together', async () => {
    world.writeLimits((limits) => {
      const system = limits.systems[SYSTEM];
      if (system) system.grantsPerHour = 3;
    });
    world.start({ name: 'a' });
    world.start({ name: 'b' });
    const packets = Array.from({ length: 6 }, () => grantPacket());
    await Promise.all(packets.map((packet) => world.release(packet)));
    const answers = await Promise.all(packets.map((packet) => world.answer(packet.id)));
    expect(answers.map((answer) => answer.code).sort()).toEqual([
      'done',
      'done',
      'done',
      'limit_rate',
      'limit_rate',
      'limit_rate',
    ]);
    for (const packet of packets) await world.ask(endPacket(packet.requestId));
  });

  test('a limits file broken while the doer runs grants nothing and delays no end', async () => {
    world.start();
    const before = grantPacket();
    await world.ask(before);
    world.writeLimits((limits) => {
      limits.systems[SYSTEM] = undefined as never;
    });
    const packet = grantPacket();
    await world.release(packet);
    expect((await world.ask(endPacket(before.requestId))).outcome).toBe('ended');
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });

  test('what PUBLIC has and the limits file accepts is no obstacle', async () => {
    await target.admin('GRANT TEMPORARY ON DATABASE orders TO PUBLIC');
    try {
      world.writeLimits((limits) =>
        limits.systems[SYSTEM]?.acceptedPublicExcess.push('TEMPORARY ON DATABASE orders'),
      );
      world.start();
      const packet = grantPacket();
      expect((await world.ask(packet)).outcome).toBe('granted');
      await world.ask(endPacket(packet.requestId));
    } finally {
      await target.admin('REVOKE TEMPORARY ON DATABASE orders FROM PUBLIC');
    }
  });
});
