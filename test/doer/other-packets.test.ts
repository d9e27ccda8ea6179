import pg from 'pg';
import { expect, test } from 'vitest';
import { atDatabase } from '../../scripts/lib/connection.js';
import { newRequestId } from '../../src/core/ids.js';
import type { ObserveQuestion } from '../../src/packet/index.js';
import { useWorld } from './fixture.js';
import { rotate } from './glass.js';
import { accountFor, DATABASE, grantPacket, observePacket, READ, type Target, type World } from './world.js';

let target: Target;
let world: World;

useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
});

const rotatePacket = (account: string) => rotate(newRequestId(), account);

test('rotating a standing login kills its password and its sessions', async () => {
  world.start();
  await target.admin(
    "ALTER ROLE break_glass PASSWORD 'shown once'; GRANT CONNECT ON DATABASE orders TO break_glass",
  );
  const url = new URL(atDatabase(target.adminUrl, DATABASE));
  url.username = 'break_glass';
  url.password = 'shown once';
  const session = new pg.Client({ connectionString: url.href });
  session.on('error', () => undefined);
  await session.connect();
  const lost = new Promise((done) => session.once('end', done));
  expect(await world.ask(rotatePacket('break_glass'))).toMatchObject({
    outcome: 'rotated',
    evidence: { sessionsEnded: 1, sessions: 0 },
  });
  await lost;
  const again = new pg.Client({ connectionString: url.href });
  await expect(again.connect()).rejects.toMatchObject({ code: '28P01' });
  const rights = await target.admin(
    "SELECT FROM pg_auth_members m WHERE m.roleid = 'break_glass'::regrole AND m.inherit_option",
  );
  expect(rights, 'the executor keeps none of its rights').toEqual([]);
});

test('rule 6: a login that the limits file does not name is not rotated', async () => {
  world.start();
  expect(await world.ask(rotatePacket('postgres'))).toMatchObject({
    outcome: 'rejected',
    code: 'limit_account',
  });
  expect(await world.ask(rotatePacket('cs_root'))).toMatchObject({ code: 'limit_account' });
});

test('observing tells what only the target can, and changes nothing', async () => {
  world.start();
  const packet = grantPacket();
  const observe = (question: ObserveQuestion) => observePacket(question, packet.requestId);
  expect((await world.ask(observe({ ask: 'grant_state' }))).evidence).toMatchObject({ exists: false });
  await world.ask(packet);
  expect(await world.ask(observe({ ask: 'grant_state' }))).toMatchObject({
    outcome: 'observed',
    account: accountFor(packet.requestId),
    evidence: { exists: true, canLogin: true, sessions: 0 },
  });
  expect((await world.ask(observe({ ask: 'scope_privileges', scope: 'read' }))).evidence).toMatchObject({
    privileges: READ,
    unclean: [],
    publicExcess: [],
  });
  expect(await world.ask(observe({ ask: 'scope_privileges', scope: 'none' }))).toMatchObject({
    code: 'limit_scope',
  });
});
