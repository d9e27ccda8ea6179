import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { TenantId } from '../core/tenant.js';
import { PacketKind } from './payload.js';

const KeyId = z.string().regex(/^[0-9a-f]{16}$/);
const DerKey = z.base64().min(16).max(200);
const MacKey = z.strictObject({ tenant: TenantId, kid: KeyId, key: z.base64().length(44) });
export type MacKey = z.infer<typeof MacKey>;

/**
 * `packet-signer.json`: app (kinds `reveal`) and worker (`grant`, `end`, `check_out`, `rotate`, `observe`). PKCS #8,
 * base64 DER.
 */
export const PacketSigner = z.strictObject({
  v: z.literal(1),
  type: z.literal('packet_signer'),
  kid: KeyId,
  kinds: z.array(PacketKind).min(1),
  privateKey: DerKey,
  macs: z.array(MacKey).min(1),
});
export type PacketSigner = z.infer<typeof PacketSigner>;

/** `packet-keyring.json`: the doer. Which key may sign which kinds is decided here, by the verifier. SPKI, base64 DER. */
export const PacketKeyring = z.strictObject({
  v: z.literal(1),
  type: z.literal('packet_keyring'),
  keys: z.array(z.strictObject({ kid: KeyId, kinds: z.array(PacketKind).min(1), publicKey: DerKey })).min(1),
  macs: z.array(MacKey).min(1),
});
export type PacketKeyring = z.infer<typeof PacketKeyring>;

/** `receipt-signer.json`: the doer alone. */
export const ReceiptSigner = z.strictObject({
  v: z.literal(1),
  type: z.literal('receipt_signer'),
  kid: KeyId,
  privateKey: DerKey,
});
export type ReceiptSigner = z.infer<typeof ReceiptSigner>;

/** `receipt-keyring.json`: app and worker. */
export const ReceiptKeyring = z.strictObject({
  v: z.literal(1),
  type: z.literal('receipt_keyring'),
  keys: z.array(z.strictObject({ kid: KeyId, publicKey: DerKey })).min(1),
});
export type ReceiptKeyring = z.infer<typeof ReceiptKeyring>;

/** One directory a process, files of mode 0600 (written by scripts; this folder does no I/O). */
export const keyFileNames = {
  packetSigner: 'packet-signer.json',
  packetKeyring: 'packet-keyring.json',
  receiptSigner: 'receipt-signer.json',
  receiptKeyring: 'receipt-keyring.json',
} as const;

/** Everything a fresh installation needs; each member goes to its own process and nowhere else. */
export interface KeySet {
  app: { packetSigner: PacketSigner; receiptKeyring: ReceiptKeyring };
  worker: { packetSigner: PacketSigner; receiptKeyring: ReceiptKeyring };
  doer: { packetKeyring: PacketKeyring; receiptSigner: ReceiptSigner };
}

/**
 * Fresh random keys for one tenant.
 *
 * @example
 * const keys = generateKeySet(TenantId.parse('T0DEMO'));
 * writeFileSync(join(dir, 'doer', keyFileNames.packetKeyring), JSON.stringify(keys.doer.packetKeyring), { mode: 0o600 });
 */
export function generateKeySet(tenant: TenantId): KeySet {
  const macs: MacKey[] = [
    { tenant, kid: randomBytes(8).toString('hex'), key: randomBytes(32).toString('base64') },
  ];
  const app = generatePair();
  const worker = generatePair();
  const doer = generatePair();
  const appKinds: PacketKind[] = ['reveal'];
  const workerKinds: PacketKind[] = ['grant', 'end', 'check_out', 'rotate', 'observe'];
  const receiptKeyring: ReceiptKeyring = {
    v: 1,
    type: 'receipt_keyring',
    keys: [{ kid: doer.kid, publicKey: doer.publicKey }],
  };
  return {
    app: {
      packetSigner: {
        v: 1,
        type: 'packet_signer',
        kid: app.kid,
        kinds: appKinds,
        privateKey: app.privateKey,
        macs,
      },
      receiptKeyring,
    },
    worker: {
      packetSigner: {
        v: 1,
        type: 'packet_signer',
        kid: worker.kid,
        kinds: workerKinds,
        privateKey: worker.privateKey,
        macs,
      },
      receiptKeyring,
    },
    doer: {
      packetKeyring: {
        v: 1,
        type: 'packet_keyring',
        keys: [
          { kid: app.kid, kinds: appKinds, publicKey: app.publicKey },
          { kid: worker.kid, kinds: workerKinds, publicKey: worker.publicKey },
        ],
        macs,
      },
      receiptSigner: { v: 1, type: 'receipt_signer', kid: doer.kid, privateKey: doer.privateKey },
    },
  };
}

export const privateKeyOf = (key: { privateKey: string }) =>
  createPrivateKey({ key: Buffer.from(key.privateKey, 'base64'), format: 'der', type: 'pkcs8' });

export const publicKeyOf = (key: { publicKey: string }) =>
  createPublicKey({ key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' });

function generatePair(): { kid: string; privateKey: string; publicKey: string } {
  const pair = generateKeyPairSync('ed25519');
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  return {
    kid: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: spki.toString('base64'),
  };
}
