import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newPacketId, newRequestId } from '../core/ids.js';
import { TenantId } from '../core/tenant.js';
import {
  type EndPacket,
  generateKeySet,
  openPacket,
  type Receipt,
  signPacket,
  signReceipt,
  verifyPacket,
  verifyReceipt,
  withinValidity,
} from './index.js';

const tenant = TenantId.parse('T0TEST');
const keys = generateKeySet(tenant);
const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const now = new Date(at(0));

const end: EndPacket = {
  v: 1,
  kind: 'end',
  id: newPacketId(),
  tenant,
  requestId: newRequestId(),
  system: 'orders-db',
  issuedAt: at(0),
  notBefore: at(0),
  expiresAt: null,
  reason: 'expired',
};
const { reason: _reason, ...ending } = end;
const observePacket = {
  ...ending,
  kind: 'observe' as const,
  expiresAt: at(120),
  question: { ask: 'grant_state' as const },
};

test('rule 6: a packet signed by the right key for its kind verifies', () => {
  expect(verifyPacket(signPacket(end, keys.worker.packetSigner), keys.doer.packetKeyring, { now })).toEqual({
    ok: true,
    value: end,
  });
});

test('rule 6: one flipped bit anywhere in the envelope is refused', () => {
  const envelope = signPacket(end, keys.worker.packetSigner);
  fc.assert(
    fc.property(fc.nat(envelope.length - 1), fc.nat(7), (byte, bit) => {
      const altered = Uint8Array.from(envelope);
      altered[byte] = (altered[byte] ?? 0) ^ (1 << bit);
      expect(openPacket(altered, keys.doer.packetKeyring).ok).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('rule 6: neither signature is enough without the other', () => {
  const [mac] = keys.worker.packetSigner.macs;
  if (!mac) throw new Error('no mac key');
  const stranger = generateKeySet(tenant);
  const forgedMac = signPacket(end, {
    ...keys.worker.packetSigner,
    macs: [{ ...mac, key: Buffer.alloc(32).toString('base64') }],
  });
  expect(openPacket(forgedMac, keys.doer.packetKeyring)).toMatchObject({ code: 'bad_mac' });
  const { privateKey } = stranger.worker.packetSigner;
  const forgedSignature = signPacket(end, { ...keys.worker.packetSigner, privateKey });
  expect(openPacket(forgedSignature, keys.doer.packetKeyring)).toMatchObject({ code: 'bad_signature' });
});

test('rule 18: a tenant’s HMAC key does not authenticate another tenant’s packet', () => {
  const other = TenantId.parse('T0OTHER');
  const [mac] = keys.worker.packetSigner.macs;
  if (!mac) throw new Error('no mac key');
  const envelope = signPacket(
    { ...end, tenant: other },
    { ...keys.worker.packetSigner, macs: [{ ...mac, tenant: other }] },
  );
  expect(openPacket(envelope, keys.doer.packetKeyring)).toMatchObject({ code: 'bad_mac' });
});

test('rule 6: the verifier decides which key may sign which kind, whatever the signer thinks', () => {
  const bold = { ...keys.app.packetSigner, kinds: ['reveal' as const, 'end' as const] };
  expect(openPacket(signPacket(end, bold), keys.doer.packetKeyring)).toMatchObject({
    code: 'key_not_for_kind',
  });
});

test.each([
  ['before its time', { notBefore: at(1) }, 'not_yet_valid'],
  ['at its expiry', { notBefore: at(-120), expiresAt: at(0) }, 'expired'],
  ['good for longer than 120 s', { expiresAt: at(121) }, 'validity_too_long'],
])('rule 4: a packet %s is refused', (_when, change, code) => {
  expect(withinValidity({ ...observePacket, ...change }, now)).toMatchObject({ code });
});

test('rule 2: an end packet does not expire', () => {
  expect(withinValidity(end, new Date('2126-01-01T00:00:00.000Z')).ok).toBe(true);
});

const receipt: Receipt = {
  v: 1,
  origin: 'packet',
  packetId: end.id,
  requestId: end.requestId,
  tenant,
  system: end.system,
  kind: 'end',
  outcome: 'ended',
  code: 'done',
  at: at(1),
  expiresAt: null,
  account: 'cs_g_x',
  evidence: { sessions: 0 },
  drift: null,
  ciphertext: null,
};

test('rule 8: a receipt verifies with the doer’s key, and a flipped bit or another key does not', () => {
  const bytes = signReceipt(receipt, keys.doer.receiptSigner);
  expect(verifyReceipt(bytes, keys.worker.receiptKeyring)).toEqual({ ok: true, value: receipt });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), (byte) => {
      const altered = Uint8Array.from(bytes);
      altered[byte] = (altered[byte] ?? 0) ^ 1;
      expect(verifyReceipt(altered, keys.worker.receiptKeyring).ok).toBe(false);
    }),
    { numRuns: 100 },
  );
  const stranger = generateKeySet(tenant).doer.receiptSigner;
  expect(verifyReceipt(signReceipt(receipt, stranger), keys.worker.receiptKeyring)).toMatchObject({
    code: 'unknown_key',
  });
});

test('a packet’s signature cannot be passed off as a receipt’s', () => {
  const envelope = signPacket(end, keys.worker.packetSigner);
  const ring = {
    ...keys.worker.receiptKeyring,
    keys: keys.doer.packetKeyring.keys.map(({ kid, publicKey }) => ({ kid, publicKey })),
  };
  expect(verifyReceipt(envelope, ring).ok).toBe(false);
});
