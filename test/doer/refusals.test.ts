import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../src/core/canonical.js';
import { newPacketId, newRequestId } from '../../src/core/ids.js';
import { TenantId } from '../../src/core/tenant.js';
import { type GrantPacket, generateKeySet, type ReceiptCode, signPacket } from '../../src/packet/index.js';
import { useWorld } from './fixture.js';
import {
  accountFor,
  endPacket,
  grantPacket,
  MIGRATE,
  person,
  READ,
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

const accountExists = async (packet: GrantPacket): Promise<boolean> =>
  (await target.admin('SELECT FROM pg_roles WHERE rolname = $1', [accountFor(packet.requestId)])).length ===
  1;

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
    expect(await accountExists(packet)).toBe(false);
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
      expect(await accountExists(packet)).toBe(false);
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
    expect(
      await target.admin('SELECT FROM pg_roles WHERE rolname = $1', [accountFor(packet.requestId)]),
    ).toEqual([]);
  });

  test('a packet released again is answered with the stored receipt, not acted on again', async () => {
    world.start();
    const packet = grantPacket();
    const first = await world.ask(packet);
    await world.ours('ALTER TABLE gate.packet DISABLE TRIGGER USER'); // as a restore would
    await world.ours("UPDATE gate.packet SET released_at = released_at + interval '1 second'");
    await until('the same receipt again', async () => (await world.receipts()).length === 2);
    expect((await world.receipts())[1]).toEqual(first);
  });
});

describe('a verified grant packet is still held against seal, votes, limits and time', () => {
  const now = () => new Date();
  const iso = (seconds: number): string => new Date(now().getTime() + seconds * 1000).toISOString();
  const cases: [string, ReceiptCode, () => GrantPacket][] = [
    ['a system beyond the limits', 'limit_system', () => grantPacket({ change: { system: 'payroll-db' } })],
    ['a scope beyond the limits', 'limit_scope', () => grantPacket({ change: { scope: 'constructor' } })],
    [
      'a privilege beyond the limits',
      'limit_privileges',
      () => grantPacket({ change: { privileges: [...READ, 'SELECT ON TABLE shop.secrets'] } }),
    ],
    [
      'a duration beyond the system',
      'limit_duration',
      () => grantPacket({ change: { durationMinutes: 241 } }),
    ],
    [
      'a duration beyond the scope',
      'limit_duration',
      () => grantPacket({ change: { scope: 'migrate', privileges: MIGRATE, durationMinutes: 61 } }),
    ],
    [
      'terms changed after the seal (rule 5)',
      'seal_mismatch',
      () => grantPacket({ tamper: { durationMinutes: 90 } }),
    ],
    [
      'a requester changed after the seal (rule 5)',
      'seal_mismatch',
      () => grantPacket({ tamper: { requester: person('carol') } }),
    ],
    [
      'another commit than was sealed (rule 5)',
      'seal_mismatch',
      () => grantPacket({ tamper: { change: `hookpilot/shop@${'b'.repeat(40)}` } }),
    ],
    [
      'nothing deployed where the limits say what is (rule 6)',
      'limit_change',
      () => grantPacket({ change: { scope: 'deploy' } }),
    ],
    [
      'another repository than the limits name (rule 6)',
      'limit_change',
      () => grantPacket({ change: { scope: 'deploy', change: `hookpilot/other@${'b'.repeat(40)}` } }),
    ],
    ['no vote', 'votes_missing', () => grantPacket({ approvers: [] })],
    [
      'no vote though the packet says none is needed',
      'votes_missing',
      () => grantPacket({ approvers: [], change: { approvalsNeeded: 0 } }),
    ],
    [
      'fewer votes than the packet itself asks for',
      'votes_missing',
      () => grantPacket({ change: { approvalsNeeded: 2 } }),
    ],
    ['the requester votes (rule 4)', 'vote_invalid', () => grantPacket({ approvers: ['bob', 'alice'] })],
    [
      'the one asked for votes (rule 4)',
      'vote_invalid',
      () => grantPacket({ change: { subject: person('bob') } }),
    ],
    ['one person votes twice (rule 4)', 'vote_invalid', () => grantPacket({ approvers: ['bob', 'bob'] })],
    [
      'a vote over other terms (rule 5)',
      'vote_invalid',
      () => {
        const packet = grantPacket();
        return { ...packet, votes: packet.votes.map((vote) => ({ ...vote, seal: '0'.repeat(64) })) };
      },
    ],
    ['a start in the future', 'start_in_future', () => grantPacket({ change: { startAt: iso(600) } })],
    ['an end in the past', 'already_past_end', () => grantPacket({ change: { endsAtLatest: iso(-1) } })],
    [
      'an expired packet (rule 4)',
      'packet_expired',
      () => grantPacket({ now: new Date(now().getTime() - 121_000) }),
    ],
    [
      'a packet dated far ahead',
      'packet_not_yet_valid',
      () => grantPacket({ now: new Date(now().getTime() + 600_000) }),
    ],
    [
      'a packet good for longer than 120 s (rule 4)',
      'signature_rejected',
      () => grantPacket({ change: { expiresAt: iso(300) } }),
    ],
    [
      'fewer privileges than the scope has',
      'scope_privileges_differ',
      () => grantPacket({ change: { privileges: READ.slice(1) } }),
    ],
  ];

  test.each(cases)('%s', async (_what, code, build) => {
    world.start();
    const packet = build();
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code });
    expect(await accountExists(packet)).toBe(false);
  });

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
    expect(await accountExists(packet)).toBe(false);
  });
});

describe('the target must be as the approver was told', () => {
  const damaged = async (
    damage: string,
    repair: string,
    code: ReceiptCode,
    found: string | null,
  ): Promise<void> => {
    await target.admin(damage);
    try {
      world.start();
      const answer = await world.ask(grantPacket());
      expect(answer).toMatchObject({ outcome: 'rejected', code });
      if (found !== null) expect(answer.evidence['found']).toContain(found);
    } finally {
      await target.admin(repair);
    }
  };

  test.each([
    [
      'a table',
      'GRANT SELECT ON shop.secrets TO cs_scope_read',
      'REVOKE SELECT ON shop.secrets FROM cs_scope_read',
      'SELECT ON TABLE shop.secrets',
    ],
    [
      'a column',
      'GRANT UPDATE (note) ON shop.orders TO cs_scope_read',
      'REVOKE UPDATE (note) ON shop.orders FROM cs_scope_read',
      'UPDATE (note) ON TABLE shop.orders',
    ],
    [
      'a grant option',
      'GRANT SELECT ON shop.orders TO cs_scope_read WITH GRANT OPTION',
      'REVOKE GRANT OPTION FOR SELECT ON shop.orders FROM cs_scope_read',
      'SELECT ON TABLE shop.orders WITH GRANT OPTION',
    ],
    [
      'the schema',
      'GRANT CREATE ON SCHEMA shop TO cs_scope_read',
      'REVOKE CREATE ON SCHEMA shop FROM cs_scope_read',
      'CREATE ON SCHEMA shop',
    ],
    [
      'another database',
      'GRANT CONNECT ON DATABASE postgres TO cs_scope_read',
      'REVOKE CONNECT ON DATABASE postgres FROM cs_scope_read',
      'CONNECT ON DATABASE postgres',
    ],
    [
      'a sequence',
      'CREATE SEQUENCE shop.s; GRANT USAGE ON SEQUENCE shop.s TO cs_scope_read',
      'DROP SEQUENCE shop.s',
      'USAGE ON SEQUENCE shop.s',
    ],
    [
      'a function',
      "CREATE FUNCTION shop.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION shop.f FROM PUBLIC; GRANT EXECUTE ON FUNCTION shop.f TO cs_scope_read",
      'DROP FUNCTION shop.f',
      'EXECUTE ON FUNCTION shop.f(a integer)',
    ],
    [
      'a server setting',
      'GRANT SET ON PARAMETER log_statement TO cs_scope_read',
      'REVOKE SET ON PARAMETER log_statement FROM cs_scope_read',
      'SET ON PARAMETER log_statement',
    ],
  ])('rule 5: one privilege more, on %s', (_on, damage, repair, word) =>
    damaged(damage, repair, 'scope_privileges_differ', word),
  );

  test('rule 11: a target that has too much to say is answered short, and blocks no other receipt', async () => {
    const each = (what: string): string =>
      `DO $$ BEGIN FOR i IN 1..1200 LOOP EXECUTE format('${what}', 'a_table_with_a_rather_long_name_to_make_the_list_longer', i); END LOOP; END $$`;
    await target.admin(
      each('CREATE TABLE shop.%s_%s (id int); GRANT SELECT ON TABLE shop.%1$s_%2$s TO cs_scope_read'),
    );
    try {
      world.start();
      const answer = await world.ask(grantPacket());
      expect(answer).toMatchObject({ outcome: 'rejected', code: 'scope_privileges_differ' });
      expect(answer.evidence['found']).toHaveLength(101);
    } finally {
      await target.admin(each('DROP TABLE shop.%s_%s'));
    }
    expect((await world.ask(grantPacket())).outcome).toBe('granted');
  });

  test.each([
    [
      'is a member of another role',
      'GRANT pg_read_all_data TO cs_scope_read',
      'REVOKE pg_read_all_data FROM cs_scope_read',
      'MEMBER OF pg_read_all_data',
    ],
    [
      'would get what is made later',
      'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO cs_scope_read',
      'ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM cs_scope_read',
      'DEFAULT PRIVILEGES',
    ],
    ['can log in', 'ALTER ROLE cs_scope_read LOGIN', 'ALTER ROLE cs_scope_read NOLOGIN', 'LOGIN'],
    [
      'owns something',
      'CREATE TABLE shop.owned(); ALTER TABLE shop.owned OWNER TO cs_scope_read; REVOKE ALL ON shop.owned FROM cs_scope_read',
      'DROP TABLE shop.owned',
      'OWNS table shop.owned',
    ],
  ])('a scope that %s', (_how, damage, repair, word) => damaged(damage, repair, 'scope_not_clean', word));

  test.each([
    [
      'CONNECT on another database',
      'GRANT CONNECT ON DATABASE postgres TO PUBLIC',
      'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC',
      'CONNECT ON DATABASE postgres',
    ],
    [
      'temporary tables',
      'GRANT TEMPORARY ON DATABASE orders TO PUBLIC',
      'REVOKE TEMPORARY ON DATABASE orders FROM PUBLIC',
      'TEMPORARY ON DATABASE orders',
    ],
    [
      'a table',
      'GRANT SELECT ON shop.secrets TO PUBLIC',
      'REVOKE SELECT ON shop.secrets FROM PUBLIC',
      'SELECT ON TABLE shop.secrets',
    ],
    [
      'a SECURITY DEFINER function',
      "CREATE FUNCTION shop.f() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION shop.f TO PUBLIC",
      'DROP FUNCTION shop.f',
      'EXECUTE ON FUNCTION shop.f()',
    ],
    [
      'anonymous code',
      'GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC',
      'REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC',
      'USAGE ON LANGUAGE plpgsql',
    ],
  ])('PUBLIC has %s', (_what, damage, repair, word) => damaged(damage, repair, 'public_excess', word));

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

  test('rule 12: the clocks differ by more than five seconds', async () => {
    await target.admin('ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO true_clock');
    await target.admin(
      "CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$SELECT pg_catalog.true_clock() + interval '6 seconds'$$; GRANT EXECUTE ON FUNCTION pg_catalog.clock_timestamp() TO PUBLIC",
    );
    try {
      world.start();
      expect(await world.ask(grantPacket())).toMatchObject({
        outcome: 'rejected',
        code: 'target_clock_skew',
      });
    } finally {
      await target.admin(
        'DROP FUNCTION pg_catalog.clock_timestamp(); ALTER FUNCTION pg_catalog.true_clock() RENAME TO clock_timestamp',
      );
    }
  });

  test('an account of that name which nobody here began is not handed out', async () => {
    world.start();
    const packet = grantPacket();
    await target.admin(`CREATE ROLE ${accountFor(packet.requestId)} LOGIN SUPERUSER`);
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code: 'target_refused' });
    await target.admin(`DROP ROLE ${accountFor(packet.requestId)}`);
  });
});
