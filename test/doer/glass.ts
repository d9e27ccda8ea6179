import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { newPacketId } from '../../src/core/ids.js';
import type { RequestId } from '../../src/core/tenant.js';
import { Credential, type RotatePacket } from '../../src/packet/index.js';
import { checkOutPacket, revealPacket, SYSTEM, TENANT, type World } from './world.js';

export const ACCOUNT = 'glass_1';
const iso = (offset: number): string => new Date(Date.now() + offset).toISOString();

const envelope = (requestId: RequestId) => ({
  v: 1 as const,
  id: newPacketId(),
  tenant: TENANT,
  requestId,
  system: SYSTEM,
  issuedAt: iso(0),
  notBefore: iso(0),
});

export const rotate = (requestId: RequestId, account = ACCOUNT): RotatePacket => ({
  ...envelope(requestId),
  kind: 'rotate',
  expiresAt: null,
  account,
});

export async function show(world: World, requestId: RequestId, subject = 'alice', at = new Date()) {
  const identity = await generateX25519Identity();
  const receipt = await world.ask(revealPacket(requestId, await identityToRecipient(identity), subject, at));
  if (receipt.ciphertext === null) return { receipt, credential: null };
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const clear = await decrypter.decrypt(Buffer.from(receipt.ciphertext, 'base64'), 'text');
  return { receipt, credential: Credential.parse(JSON.parse(clear)) };
}

/** A use that was shown once; gives the way in. */
export async function openUse(
  world: World,
  packet = checkOutPacket(),
): Promise<{ requestId: RequestId; uri: string }> {
  const receipt = await world.ask(packet);
  if (receipt.outcome !== 'checked_out') throw new Error(`not checked out: ${receipt.code}`);
  const { credential } = await show(world, packet.requestId);
  return { requestId: packet.requestId, uri: credential?.uri ?? '' };
}

/** The same way in under another name and password. */
export function asAnother(uri: string, user: string, password: string): string {
  const other = new URL(uri);
  other.username = user;
  other.password = password;
  return other.href;
}

/** What somebody does with a way in; gives the session, still open. */
export async function acts(uri: string, ...statements: string[]): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: uri });
  client.on('error', () => undefined);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  return client;
}
