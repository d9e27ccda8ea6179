import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical.js';
import { CountersignError } from '../core/errors.js';
import { type Outcome, ok, refused } from '../core/outcome.js';
import type { MacKey, PacketKeyring, PacketSigner } from './keys.js';
import { privateKeyOf, publicKeyOf } from './keys.js';
import { ExactBase64Url, parseCanonical } from './parse-canonical.js';
import { PACKET_VALIDITY_SECONDS, PacketPayload } from './payload.js';

/** What both signatures cover is this prefix and the payload's bytes, so neither can be passed off as anything else's. */
const DOMAIN = 'countersign-packet-v1\n';

const Envelope = z.strictObject({
  v: z.literal(1),
  payload: ExactBase64Url,
  signature: z.strictObject({ kid: z.string(), sig: ExactBase64Url }),
  mac: z.strictObject({ kid: z.string(), mac: ExactBase64Url }),
});

/** Every way in which a packet does not verify. */
export type PacketRejection =
  | 'malformed'
  | 'unknown_key'
  | 'key_not_for_kind'
  | 'bad_signature'
  | 'bad_mac'
  | 'validity_too_long'
  | 'not_yet_valid'
  | 'expired';

/** Envelope bytes for `gate.packet.envelope`. Throws when the signer's key is not for this kind or tenant. */
export function signPacket(payload: PacketPayload, signer: PacketSigner): Uint8Array {
  if (!signer.kinds.includes(payload.kind))
    throw new CountersignError('key_not_for_kind', 'This process may not sign such a packet.', {
      detail: payload.kind,
    });
  const mac = signer.macs.find((key) => key.tenant === payload.tenant);
  if (!mac)
    throw new CountersignError('unknown_tenant', 'There is no key for this tenant.', {
      detail: payload.tenant,
    });
  const bytes = Buffer.from(canonicalJson(PacketPayload.parse(payload)));
  const envelope = {
    v: 1,
    payload: bytes.toString('base64url'),
    signature: {
      kid: signer.kid,
      sig: sign(null, signedBytes(bytes), privateKeyOf(signer)).toString('base64url'),
    },
    mac: { kid: mac.kid, mac: macOf(bytes, mac).toString('base64url') },
  };
  return Buffer.from(canonicalJson(envelope));
}

/** The id of the key that an envelope of ours says it is signed with. */
export const keyIdOf = (envelope: Uint8Array): string =>
  Envelope.parse(JSON.parse(Buffer.from(envelope).toString('utf8'))).signature.kid;

/** Signatures, key restrictions, form and time: everything about a packet that needs no state (rule 6). */
export function verifyPacket(
  envelope: Uint8Array,
  keyring: PacketKeyring,
  options: { now: Date },
): Outcome<PacketPayload, PacketRejection> {
  const opened = openPacket(envelope, keyring);
  return opened.ok ? withinValidity(opened.value, options.now) : opened;
}

/** As verifyPacket without the time: for a packet that was begun in time and is resumed later (rule 8). */
export function openPacket(
  envelope: Uint8Array,
  keyring: PacketKeyring,
): Outcome<PacketPayload, PacketRejection> {
  const outer = parseCanonical(envelope, Envelope);
  if (!outer) return reject('malformed');
  const bytes = Buffer.from(outer.payload, 'base64url');
  const key = keyring.keys.find((candidate) => candidate.kid === outer.signature.kid);
  const mac = keyring.macs.find((candidate) => candidate.kid === outer.mac.kid);
  if (!key || !mac) return reject('unknown_key');
  if (!verify(null, signedBytes(bytes), publicKeyOf(key), Buffer.from(outer.signature.sig, 'base64url')))
    return reject('bad_signature');
  if (!sameBytes(macOf(bytes, mac), Buffer.from(outer.mac.mac, 'base64url'))) return reject('bad_mac');
  const payload = parseCanonical(bytes, PacketPayload);
  if (!payload) return reject('malformed');
  // One tenant's HMAC key must not authenticate another tenant's packet.
  if (mac.tenant !== payload.tenant) return reject('bad_mac');
  if (!key.kinds.includes(payload.kind)) return reject('key_not_for_kind');
  return ok(payload);
}

/** `notBefore ≤ now < expiresAt`, and no packet but an end good for longer than PACKET_VALIDITY_SECONDS. */
export function withinValidity(payload: PacketPayload, now: Date): Outcome<PacketPayload, PacketRejection> {
  const notBefore = Date.parse(payload.notBefore);
  if (now.getTime() < notBefore) return reject('not_yet_valid');
  if (payload.expiresAt === null) return ok(payload);
  const expiresAt = Date.parse(payload.expiresAt);
  if (expiresAt - notBefore > PACKET_VALIDITY_SECONDS * 1000) return reject('validity_too_long');
  return now.getTime() < expiresAt ? ok(payload) : reject('expired');
}

const reject = (code: PacketRejection) => refused(code, 'The packet does not verify.');

const signedBytes = (payload: Uint8Array): Buffer => Buffer.concat([Buffer.from(DOMAIN), payload]);

const macOf = (payload: Uint8Array, mac: MacKey): Buffer =>
  createHmac('sha256', Buffer.from(mac.key, 'base64')).update(signedBytes(payload)).digest();

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
