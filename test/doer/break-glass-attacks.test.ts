import { expect, test } from 'vitest';
import { findSecret } from '../../src/intake/index.js';
import { tryLogIn } from '../harness/postgres-admin.js';
import { useWorld } from './fixture.js';
import { ACCOUNT, acts, asAnother, openUse, rotate } from './glass.js';
import { checkOutPacket, type Target, until, type World } from './world.js';

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

test('what stays behind is longer than a receipt takes: the end is proved, and the review reads its beginning', async () => {
  const { requestId, uri } = await openUse(world);
  const type = `shop."${'🔥'.repeat(15)}"`;
  const functions = Array.from(
    { length: 60 },
    (_, index) =>
      `CREATE FUNCTION shop.${'a'.repeat(1 + index)}(${Array(12).fill(type).join()}) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  );
  await (await acts(uri, `CREATE TYPE ${type} AS ENUM ()`, ...functions)).end();
  const { outcome, evidence } = await world.ask(rotate(requestId));
  await disown();
  expect(outcome).toBe('rotated');
  expect(evidence).toMatchObject({
    refused: 1,
    drift: {
      added: expect.arrayContaining([
        expect.stringContaining('FUNCTION shop.a('),
        expect.stringMatching(/^and \d+ more/),
      ]),
    },
  });
});

test('a publication that sends more, and row security taken off a table, stay behind', async () => {
  await target.admin(
    'CREATE TABLE shop.sent(); CREATE TABLE shop.kept(); CREATE PUBLICATION feed FOR TABLE shop.sent; ALTER TABLE shop.kept ENABLE ROW LEVEL SECURITY',
  );
  const { requestId } = await openUse(world);
  await target.admin(
    'ALTER PUBLICATION feed ADD TABLE shop.kept; ALTER TABLE shop.kept DISABLE ROW LEVEL SECURITY',
  );
  const { evidence } = await world.ask(rotate(requestId));
  await target.admin('DROP PUBLICATION feed; DROP TABLE shop.sent, shop.kept');
  expect(evidence['drift']).toMatchObject({
    added: expect.arrayContaining(['orders: PUBLICATION feed OF shop.kept']),
    removed: [expect.stringMatching(/^orders: TABLE shop.kept OWNER \w+ ROW SECURITY$/)],
  });
});

test('a user who makes their own account fail at every login keeps nobody from proving its end', async () => {
  const { requestId, uri } = await openUse(world);
  await (await acts(uri, `ALTER ROLE ${ACCOUNT} SET local_preload_libraries = 'nothing'`)).end();
  expect(await tryLogIn(uri)).not.toBe('in');
  const { outcome, evidence } = await world.ask(rotate(requestId));
  await target.admin(`ALTER ROLE ${ACCOUNT} RESET ALL`);
  expect(outcome).toBe('rotated');
  expect(JSON.stringify(evidence)).toContain('local_preload_libraries');
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
  expect(answer).toMatchObject({ code: 'account_unfit', evidence: { excess: ['SUPERUSER'] } });
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
