import { sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical.js';
import { type Outcome, ok, refused } from '../core/outcome.js';
import { privateKeyOf, publicKeyOf, type ReceiptKeyring, type ReceiptSigner } from './keys.js';
import { ExactBase64Url, parseCanonical } from './parse-canonical.js';
import { Receipt } from './receipt.js';

const DOMAIN = 'countersign-receipt-v1\n';

const ReceiptEnvelope = z.strictObject({
  v: z.literal(1),
  payload: ExactBase64Url,
  signature: z.strictObject({ kid: z.string(), sig: ExactBase64Url }),
});

export type ReceiptRejection = 'malformed' | 'unknown_key' | 'bad_signature';

/** Bytes for `gate.receipt_inbox.receipt`. */
export function signReceipt(receipt: Receipt, signer: ReceiptSigner): Uint8Array {
  const bytes = Buffer.from(canonicalJson(Receipt.parse(receipt)));
  const sig = sign(null, signedBytes(bytes), privateKeyOf(signer)).toString('base64url');
  return Buffer.from(
    canonicalJson({ v: 1, payload: bytes.toString('base64url'), signature: { kid: signer.kid, sig } }),
  );
}

/** The receipt when the doer's key signed it. Whether it answers a packet of ours is for the caller to check. */
export function verifyReceipt(
  bytes: Uint8Array,
  keyring: ReceiptKeyring,
): Outcome<Receipt, ReceiptRejection> {
  const outer = parseCanonical(bytes, ReceiptEnvelope);
  if (!outer) return reject('malformed');
  const key = keyring.keys.find((candidate) => candidate.kid === outer.signature.kid);
  if (!key) return reject('unknown_key');
  const payload = Buffer.from(outer.payload, 'base64url');
  if (!verify(null, signedBytes(payload), publicKeyOf(key), Buffer.from(outer.signature.sig, 'base64url')))
    return reject('bad_signature');
  const receipt = parseCanonical(payload, Receipt);
  return receipt ? ok(receipt) : reject('malformed');
}

const reject = (code: ReceiptRejection) => refused(code, 'The receipt does not verify.');

const signedBytes = (payload: Uint8Array): Buffer => Buffer.concat([Buffer.from(DOMAIN), payload]);
