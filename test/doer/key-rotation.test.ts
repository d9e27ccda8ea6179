import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  generateKeySet,
  type KeySet,
  keyFileNames,
  signPacket,
  verifyReceipt,
} from '../../src/packet/index.js';
import { useWorld } from './fixture.js';
import { grantPacket, TENANT, type World } from './world.js';

let world: World;
useWorld((_, builtWorld) => {
  world = builtWorld;
});

const writeKeys = (file: string, value: unknown): void =>
  writeFileSync(join(world.doerFiles().keysDir, file), JSON.stringify(value));

const packetKeyringOf = (...sets: readonly KeySet[]) => ({
  v: 1,
  type: 'packet_keyring',
  keys: sets.flatMap((set) => set.doer.packetKeyring.keys),
  macs: sets.flatMap((set) => set.doer.packetKeyring.macs),
});

const receiptKeyringOf = (...sets: readonly KeySet[]) => ({
  v: 1 as const,
  type: 'receipt_keyring' as const,
  keys: sets.flatMap((set) => set.worker.receiptKeyring.keys),
});

const askUnder = async ({ worker }: KeySet) => {
  const packet = grantPacket();
  await world.release(packet, { envelope: signPacket(packet, worker.packetSigner) });
  return world.answer(packet.id);
};

const Rows = z.array(z.object({ receipt: z.instanceof(Buffer) }));

test('packet, HMAC and receipt keys rotate as the runbook says: both work in the overlap, the old ones nowhere after it', async () => {
  const old = structuredClone(world.keys);
  const next = generateKeySet(TENANT);

  writeKeys(keyFileNames.packetKeyring, packetKeyringOf(old, next));
  const overlapping = world.start();
  expect(await askUnder(old)).toMatchObject({ outcome: 'granted' });
  expect(await askUnder(next)).toMatchObject({ outcome: 'granted' });
  await overlapping.stop();

  world.keys.worker.receiptKeyring = receiptKeyringOf(old, next);
  writeKeys(keyFileNames.receiptSigner, next.doer.receiptSigner);
  writeKeys(keyFileNames.packetKeyring, packetKeyringOf(next));
  world.start();
  expect(await askUnder(next)).toMatchObject({ outcome: 'granted' });
  expect(await askUnder(old)).toMatchObject({ code: 'signature_rejected', evidence: { why: 'unknown_key' } });

  const rows = Rows.parse(await world.ours('SELECT receipt FROM gate.receipt_inbox ORDER BY id'));
  const codes = rows.map(({ receipt }) => {
    const verified = verifyReceipt(receipt, receiptKeyringOf(next));
    return verified.ok ? 'verified' : verified.code;
  });
  expect(codes).toEqual(['unknown_key', 'unknown_key', 'verified', 'verified']);
});
