import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { newPacketId } from '../../src/core/ids.js';
import { signPacket } from '../../src/packet/index.js';
import { useWorld } from './fixture.js';
import {
  accountFor,
  buildWorld,
  checkOutPacket,
  endPacket,
  grantPacket,
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

/** Who may log in at the target, with which password, until when. */
const logins = () =>
  target.admin(
    "SELECT rolname, rolcanlogin, rolpassword, rolvaliduntil FROM pg_authid WHERE rolname LIKE ANY('{cs\\_g\\_%,glass\\_%}') ORDER BY 1",
  );

const grantees = async () =>
  (await target.admin("SELECT rolname FROM pg_roles WHERE rolname LIKE 'cs\\_g\\_%'")).map(
    (one) => one['rolname'],
  );

describe('rule 7: no act without its entry', () => {
  test('a grant whose entry is in the log is carried out, and one after it', async () => {
    world.start();
    expect((await world.ask(grantPacket())).outcome).toBe('granted');
    expect((await world.ask(grantPacket())).outcome).toBe('granted');
  });

  test.each(['grant', 'reveal', 'check_out'] as const)(
    'a %s packet that comes without proof is refused, though both signatures verify, and touches no target',
    async (kind) => {
      world.start();
      const granted = grantPacket();
      const packets = {
        grant: grantPacket(),
        reveal: revealPacket(granted.requestId, await identityToRecipient(await generateX25519Identity())),
        check_out: checkOutPacket(),
      };
      if (kind === 'reveal') await world.ask(granted);
      const grantee = accountFor(granted.requestId);
      await until("earlier tests' accounts to be gone", async () =>
        (await grantees()).every((one) => one === grantee),
      );
      const before = await logins();
      await world.release(packets[kind], { proof: null });
      expect(await world.answer(packets[kind].id)).toMatchObject({ outcome: 'rejected', code: 'not_logged' });
      expect(await logins()).toEqual(before);
    },
  );

  test('the entry of another packet proves nothing', async () => {
    world.start();
    const [logged, unlogged] = [grantPacket(), grantPacket()];
    const proof = world.log.enter(logged.id, signPacket(logged, world.keys.worker.packetSigner));
    await world.release(unlogged, { proof });
    expect(await world.answer(unlogged.id)).toMatchObject({ code: 'not_logged' });
  });

  test('an entry that names the id but other signed bytes proves nothing', async () => {
    world.start();
    const packet = grantPacket();
    await world.release(packet, { proof: world.log.enter(packet.id, Buffer.from('what was meant')) });
    expect(await world.answer(packet.id)).toMatchObject({ code: 'not_logged' });
  });

  test('a checkpoint of another key proves nothing', async () => {
    world.start();
    const stranger = await buildWorld(target);
    const packet = grantPacket();
    const envelope = signPacket(packet, world.keys.worker.packetSigner);
    await world.release(packet, { envelope, proof: stranger.log.enter(packet.id, envelope) });
    expect(await world.answer(packet.id)).toMatchObject({ code: 'not_logged' });
    await stranger.close();
  });

  test('attack 8, 10: a rewritten log is refused though its key signed it, also after a restart', async () => {
    const doer = world.start();
    expect((await world.ask(grantPacket())).outcome).toBe('granted');
    await doer.stop();
    world.log.fork();
    for (let entries = 0; entries < 5; entries += 1) world.log.enter(newPacketId(), Buffer.from('padding'));
    world.start();
    expect(await world.ask(grantPacket())).toMatchObject({ outcome: 'rejected', code: 'log_forked' });
  });

  test('an older checkpoint of the same history is stale and no attack (two doers, reordering)', async () => {
    const [older, newer] = [grantPacket(), grantPacket()];
    const sign = (packet: typeof older) => signPacket(packet, world.keys.worker.packetSigner);
    const early = world.log.enter(older.id, sign(older));
    world.start();
    expect((await world.ask(newer)).outcome).toBe('granted');
    await world.release(older, { proof: early });
    expect((await world.answer(older.id)).outcome).toBe('granted');
  });

  test('while the log does not answer nothing begins, and it begins once the log does', async () => {
    world.start();
    expect((await world.ask(grantPacket())).outcome).toBe('granted');
    world.log.silence(true);
    const packet = grantPacket();
    await world.release(packet);
    const end = endPacket(grantPacket().requestId);
    await world.release(end);
    await until('the end, which waits for no log', async () =>
      (await world.receipts()).find((one) => one.packetId === end.id),
    );
    expect((await world.receipts()).some((one) => one.packetId === packet.id)).toBe(false);
    world.log.silence(false);
    expect((await world.answer(packet.id)).outcome).toBe('granted');
  });
});
