import { expect, test } from 'vitest';
import { canonicalDigest } from '../../src/core/canonical.js';
import { newRequestId } from '../../src/core/ids.js';
import type { RequestId } from '../../src/core/tenant.js';
import { findSecret } from '../../src/intake/index.js';
import { tryLogIn } from '../harness/postgres-admin.js';
import { useWorld } from './fixture.js';
import { ACCOUNT, acts, asAnother, openUse, rotate } from './glass.js';
import { checkOutPacket, observePacket, type Target, until, type World } from './world.js';

let target: Target;
let world: World;

useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
  world.start();
});

/** Takes back what the account made, and gives it its privileges again. */
const disown = () =>
  target.admin(
    `DROP OWNED BY ${ACCOUNT}; GRANT CONNECT ON DATABASE orders TO ${ACCOUNT}; GRANT USAGE, CREATE ON SCHEMA shop TO ${ACCOUNT}`,
  );

const provedLater = (requestId: string) =>
  until('the proof', async () =>
    (await world.receipts()).find((one) => one.requestId === requestId && one.outcome === 'rotated'),
  );

/** Functions that do nothing. */
const junk = (most: number, type = 'int') =>
  Array.from(
    { length: most },
    (_, index) => `CREATE FUNCTION shop.a${index}(${type}) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  ).join(';');
const TRAP = "CREATE FUNCTION shop.zz_trap() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'";

test('a trap behind a thousand junk objects is the first that the review reads, and no line of them is lost', async () => {
  await target.admin(`CREATE TABLE shop.watched(); ALTER TABLE shop.watched OWNER TO ${ACCOUNT}`);
  const { requestId, uri } = await openUse(world);
  const session = await acts(
    uri,
    junk(1_000),
    TRAP,
    'CREATE TRIGGER zz BEFORE UPDATE ON shop.watched FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
  );
  await session.end();
  const { outcome, evidence, drift } = await world.ask(rotate(requestId));
  const [row] = await world.ours("SELECT record->'difference' AS kept FROM doer.glass_record");
  await disown();
  expect(outcome).toBe('rotated');
  const lines = (drift ?? []).map(({ line }) => line);
  expect(lines[0]).toContain('SECURITY DEFINER FUNCTION shop.zz_trap()');
  expect(lines[1]).toContain('TRIGGER zz ON shop.watched');
  expect(lines.filter((line) => line.includes(': FUNCTION shop.a'))).toHaveLength(1_000);
  expect(row).toEqual({ kept: drift });
  expect(evidence).toMatchObject({
    refused: 1,
    difference: { lines: lines.length, sha256: canonicalDigest(drift) },
  });
});

test('what no receipt can hold is counted in it, and whole with the executor', async () => {
  const { requestId, uri } = await openUse(world);
  const type = `shop."${'🔥'.repeat(15)}"`;
  const long = Array(12).fill(type).join();
  await (await acts(uri, `CREATE TYPE ${type} AS ENUM ()`, junk(2_000, long), TRAP)).end();
  const { outcome, drift } = await world.ask(rotate(requestId));
  const [row] = await world.ours(
    "SELECT jsonb_array_length(record->'difference') AS kept FROM doer.glass_record",
  );
  await disown();
  expect(outcome).toBe('rotated');
  expect(drift?.[0]?.line).toContain('zz_trap');
  const missing = Number(row?.['kept']) - ((drift?.length ?? 0) - 1);
  expect(missing).toBeGreaterThan(0);
  expect(drift?.at(-1)).toEqual({
    change: 'more',
    line: expect.stringMatching(new RegExp(`^${missing} lines .*added FUNCTION`)),
  });
});

/** Which of these lines a fresh look finds gone. */
const look = (use: RequestId, ...lines: number[]) =>
  world.ask(observePacket({ ask: 'difference_lines', use, lines }));

test('a line is gone when the target shows it gone: an added one dropped, a removed one back, and nothing else', async () => {
  await target.admin('CREATE TABLE shop.kept(); ALTER TABLE shop.kept ENABLE ROW LEVEL SECURITY');
  const { requestId, uri } = await openUse(world);
  await (await acts(uri, TRAP)).end();
  await target.admin('ALTER TABLE shop.kept DISABLE ROW LEVEL SECURITY');
  expect(await look(requestId, 0)).toMatchObject({ outcome: 'rejected', code: 'difference_unknown' });
  const { drift } = await world.ask(rotate(requestId));
  const all = Array.from(drift ?? [], (_, index) => index);
  const trap = drift?.findIndex(({ line }) => line.includes('zz_trap'));
  const kept = drift?.findIndex(({ change, line }) => change === 'removed' && line.includes('shop.kept'));
  expect((await look(requestId, ...all)).evidence).toMatchObject({ gone: [] });
  await target.admin('ALTER TABLE shop.kept ENABLE ROW LEVEL SECURITY');
  const restored = await look(requestId, ...all);
  expect(restored.evidence['gone']).toContain(kept);
  expect(restored.evidence['gone']).not.toContain(trap);
  await target.admin('DROP FUNCTION shop.zz_trap; DROP TABLE shop.kept');
  expect((await look(requestId, trap ?? -1, 99)).evidence).toMatchObject({ gone: [trap] });
  expect(await look(newRequestId(), 0)).toMatchObject({ code: 'difference_unknown' });
});

test('what runs by itself under other names stays behind: casts, operators, types, defaults, checks, aggregates, extensions', async () => {
  await target.admin(`
    CREATE FUNCTION shop.add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
    CREATE FUNCTION shop.less(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 - $2';
    CREATE TYPE shop.mood AS ENUM ('good');
    CREATE FUNCTION shop.moody(shop.mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE AGGREGATE shop.total(int) (SFUNC = shop.add, STYPE = int);
    CREATE TABLE shop.kept(id int DEFAULT 1)`);
  const { requestId } = await openUse(world);
  await target.admin(`
    CREATE OR REPLACE AGGREGATE shop.total(int) (SFUNC = shop.less, STYPE = int);
    CREATE CAST (shop.mood AS int) WITH FUNCTION shop.moody(shop.mood) AS IMPLICIT;
    CREATE OPERATOR shop.|+| (LEFTARG = int, RIGHTARG = int, FUNCTION = shop.add);
    CREATE DOMAIN shop.small AS int CHECK (shop.add(VALUE, 1) < 10);
    ALTER TABLE shop.kept ALTER id SET DEFAULT 2, ADD CONSTRAINT checked CHECK (shop.add(id, 1) > 0);
    ALTER EXTENSION plpgsql ADD FUNCTION shop.less(int, int)`);
  const drift = (await world.ask(rotate(requestId))).drift ?? [];
  await target.admin(`
    ALTER EXTENSION plpgsql DROP FUNCTION shop.less(int, int);
    DROP TABLE shop.kept; DROP DOMAIN shop.small; DROP OPERATOR shop.|+| (int, int); DROP CAST (shop.mood AS int);
    DROP AGGREGATE shop.total(int); DROP FUNCTION shop.moody, shop.add, shop.less; DROP TYPE shop.mood`);
  const added = drift
    .filter(({ change }) => change === 'added')
    .map(({ line }) => line.slice('orders: '.length));
  expect(added.map((line) => line.replace(/ [0-9a-f]{12}$/, '').replace(/ OWNER \w+/, ''))).toEqual(
    expect.arrayContaining([
      'CAST (shop.mood AS integer) i CALLS shop.moody(shop.mood)',
      'OPERATOR shop.|+|(integer,integer) CALLS shop.add',
      'TYPE shop.small READ BY domain_in',
      'CONSTRAINT checked ON shop.kept',
      expect.stringMatching(/^CONSTRAINT \w+ ON shop.small$/),
      'COLUMN DEFAULT shop.kept.id',
      'FUNCTION shop.total(integer) BODY',
      expect.stringMatching(/^EXTENSION plpgsql [\d.]+ WITH$/),
    ]),
  );
});

test('a publication that sends more, and row security taken off a table, stay behind', async () => {
  await target.admin(
    'CREATE TABLE shop.sent(); CREATE TABLE shop.kept(); CREATE PUBLICATION feed FOR TABLE shop.sent; ALTER TABLE shop.kept ENABLE ROW LEVEL SECURITY',
  );
  const { requestId } = await openUse(world);
  await target.admin(
    'ALTER PUBLICATION feed ADD TABLE shop.kept; ALTER TABLE shop.kept DISABLE ROW LEVEL SECURITY',
  );
  const { drift } = await world.ask(rotate(requestId));
  await target.admin('DROP PUBLICATION feed; DROP TABLE shop.sent, shop.kept');
  expect(drift).toContainEqual({ change: 'added', line: 'orders: PUBLICATION feed OF shop.kept' });
  expect(drift?.filter(({ change }) => change === 'removed')).toEqual([
    {
      change: 'removed',
      line: expect.stringMatching(/^orders: TABLE shop.kept OWNER \w+ ROW SECURITY$/),
    },
  ]);
});

test('a user who makes their own account fail at every login keeps nobody from proving its end', async () => {
  const { requestId, uri } = await openUse(world);
  await (await acts(uri, `ALTER ROLE ${ACCOUNT} SET local_preload_libraries = 'nothing'`)).end();
  expect(await tryLogIn(uri)).not.toBe('in');
  const { outcome, drift } = await world.ask(rotate(requestId));
  await target.admin(`ALTER ROLE ${ACCOUNT} RESET ALL`);
  expect(outcome).toBe('rotated');
  expect(JSON.stringify(drift)).toContain('local_preload_libraries');
});

test('rule 9: a password pasted into a justification or a review is known for what it is', async () => {
  const { requestId, uri } = await openUse(world);
  expect(findSecret(`I logged in with ${new URL(uri).password} and ended one session.`)).not.toBeNull();
  await world.ask(rotate(requestId));
});

test('a password that the user chose for the account dies with the one that was shown', async () => {
  const { requestId, uri } = await openUse(world);
  const own = asAnother(uri, ACCOUNT, 'my own password');
  const session = await acts(uri, `ALTER ROLE ${ACCOUNT} PASSWORD 'my own password'`);
  expect(await tryLogIn(own)).toBe('in');
  expect(await world.ask(rotate(requestId))).toMatchObject({ outcome: 'rotated', evidence: { refused: 1 } });
  expect(await tryLogIn(own)).not.toBe('in');
  await session.end().catch(() => undefined);
});

test('an account that somebody opened by hand is shut when it is handed out, so that nobody shares the use', async () => {
  const { uri } = await openUse(world, checkOutPacket({ account: 'glass_2' }));
  await target.admin(`ALTER ROLE ${ACCOUNT} LOGIN PASSWORD 'by hand' VALID UNTIL 'infinity'`);
  const byHand = asAnother(uri, ACCOUNT, 'by hand');
  const session = await acts(byHand);
  const { requestId, outcome } = await world.ask(checkOutPacket());
  expect(outcome).toBe('checked_out');
  await expect(session.query('SELECT 1')).rejects.toThrow();
  expect(await tryLogIn(byHand)).not.toBe('in');
  if (requestId !== null) await world.ask(rotate(requestId));
});

test('an account that can become a superuser is none to hand out', async () => {
  await target.admin(
    'CREATE ROLE boss SUPERUSER; CREATE ROLE deputy; GRANT boss TO deputy; GRANT deputy TO glass_2',
  );
  const answer = await world.ask(checkOutPacket({ account: 'glass_2' }));
  await target.admin('DROP ROLE deputy; DROP ROLE boss');
  expect(answer).toMatchObject({
    code: 'account_unfit',
    evidence: { excess: expect.arrayContaining(['SUPERUSER']) },
  });
});

test('the target’s owner alone makes no superuser of an account: the system’s definition says so too', async () => {
  world.writeLimits((limits) => {
    const glass = limits.systems['orders-db']?.breakGlass;
    if (glass !== undefined) glass.superuser = true;
  });
  await target.admin('ALTER ROLE glass_2 SUPERUSER');
  const answer = await world.ask(checkOutPacket({ account: 'glass_2' }));
  await target.admin('ALTER ROLE glass_2 NOSUPERUSER');
  expect(answer).toMatchObject({ code: 'account_unfit' });
});

test('an account renamed at the target is not proved dead until it is back, and its sessions with it', async () => {
  const { requestId, uri } = await openUse(world);
  const session = await acts(uri);
  await target.admin(`ALTER ROLE ${ACCOUNT} RENAME TO hidden`);
  expect(await world.ask(rotate(requestId))).toMatchObject({ outcome: 'unproven' });
  await target.admin(`ALTER ROLE hidden RENAME TO ${ACCOUNT}`);
  expect((await provedLater(requestId)).evidence).toMatchObject({ refused: 1, remains: [] });
  await expect(session.query('SELECT 1')).rejects.toThrow();
  expect(await tryLogIn(uri)).not.toBe('in');
});

test('an account that was shut and expired at the target meanwhile proves nothing by that: it is opened to be refused', async () => {
  const { requestId, uri } = await openUse(world);
  await target.admin(`ALTER ROLE ${ACCOUNT} NOLOGIN VALID UNTIL '2001-01-01'`);
  expect(await world.ask(rotate(requestId))).toMatchObject({ outcome: 'rotated', evidence: { refused: 1 } });
  expect(await tryLogIn(uri)).not.toBe('in');
});
