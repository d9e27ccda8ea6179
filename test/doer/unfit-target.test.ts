import { describe, expect, test } from 'vitest';
import type { ReceiptCode } from '../../src/packet/index.js';
import { useOneWorld } from './fixture.js';
import { accountFor, grantPacket, type Target, type World } from './world.js';

let target: Target;
let world: World;

useOneWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
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

  test('rule 12: the clocks differ by more than five seconds', async () => {
    await target.admin('ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO true_clock');
    await target.admin(
      "CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$SELECT pg_catalog.true_clock() + interval '6 seconds'$$; GRANT EXECUTE ON FUNCTION pg_catalog.clock_timestamp() TO PUBLIC",
    );
    try {
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
    const packet = grantPacket();
    const account = accountFor(packet.requestId);
    // As another tenant's, or the doer that looks for strays would end it, and its request with it, first.
    const note = {
      tenant: 'T0OTHER',
      requestId: packet.requestId,
      scope: 'read',
      expiresAt: '2099-01-01T00:00:00.000Z',
    };
    await target.admin(
      `CREATE ROLE ${account} LOGIN SUPERUSER; COMMENT ON ROLE ${account} IS '${JSON.stringify(note)}'`,
    );
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code: 'target_refused' });
    await target.admin(`DROP ROLE ${account}`);
  });
});
