import { expect, test } from 'vitest';
import { useWorld } from './fixture.js';
import {
  accountFor,
  DATABASE,
  endPacket,
  grantPacket,
  READ,
  type Target,
  until,
  type World,
} from './world.js';

const OTHER = 'other-db';

let world: World;
let target: Target;
useWorld(
  (startedTarget, builtWorld) => {
    target = startedTarget;
    world = builtWorld;
  },
  () => {},
  async ({ root, cluster }) => ({
    [OTHER]: {
      root,
      target: {
        kind: 'postgres',
        host: '127.0.0.1',
        port: cluster.port,
        scopes: { read: { role: 'cs_scope_read', database: DATABASE } },
      },
      limits: { scopes: { read: { privileges: READ } } },
    },
  }),
);

test('rule 11: of two systems on one cluster each ends what is its own, and tells of it under its own name', async () => {
  world.start();
  const live = grantPacket();
  const back = [grantPacket(), grantPacket({ change: { system: OTHER } })];
  await world.ask(live);
  for (const packet of back) {
    expect(await world.ask(packet)).toMatchObject({ outcome: 'granted' });
    const account = accountFor(packet.requestId);
    const [row] = await target.admin(
      "SELECT shobj_description(oid, 'pg_authid') AS note FROM pg_roles WHERE rolname = $1",
      [account],
    );
    await world.ask({ ...endPacket(packet.requestId), system: packet.system });
    await target.admin(
      `SET LOCAL ROLE cs_executor; CREATE ROLE ${account} LOGIN; COMMENT ON ROLE ${account} IS '${String(row?.['note'])}'`,
    );
  }
  const told = await until('both are ended again', async () => {
    const resurrected = (await world.receipts()).filter((one) => one.evidence['reason'] === 'resurrected');
    return resurrected.length >= back.length && resurrected;
  });
  expect(new Set(told.map(({ requestId, system }) => `${requestId} ${system}`))).toEqual(
    new Set(back.map(({ requestId, system }) => `${requestId} ${system}`)),
  );
  for (const { requestId } of back) expect(await target.hasAccount(requestId)).toBe(false);
  expect(await target.hasAccount(live.requestId)).toBe(true);
});
