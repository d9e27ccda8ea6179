import { addSeconds } from 'date-fns/addSeconds';
import { sha256Hex } from '../core/canonical.js';
import { newPacketId } from '../core/ids.js';
import type { PrincipalId, RequestId } from '../core/tenant.js';
import {
  isEnding,
  keyIdOf,
  PACKET_VALIDITY_SECONDS,
  type PacketPayload,
  type RevealPacket,
} from '../packet/index.js';
import type { Effect } from '../store/index.js';
import type { VerbContext } from './define.js';

/** What every packet about a request begins with; it is good from now on. */
export const packetOf = (
  context: VerbContext,
  request: { id: RequestId; details: { system: string } },
  now: Date,
) => ({
  v: 1 as const,
  id: newPacketId(),
  tenant: context.tenant,
  requestId: request.id,
  system: request.details.system,
  issuedAt: now.toISOString(),
  notBefore: now.toISOString(),
});

/** A beginning is good for a moment only: what is not begun by then is decided anew. */
export const shortLived = (now: Date) => ({
  expiresAt: addSeconds(now, PACKET_VALIDITY_SECONDS).toISOString(),
});

/** Asks for a credential for its subject, encrypted to the one-use key whose public half is `recipient` (rule 9). */
export const revealPacket = (
  context: VerbContext,
  request: { id: RequestId; subject: PrincipalId; details: { system: string } },
  { recipient, now }: { recipient: string; now: Date },
): RevealPacket => ({
  ...packetOf(context, request, now),
  kind: 'reveal',
  ...shortLived(now),
  subject: request.subject,
  recipient,
  proof: null,
});

/** Longest pause between two tries to prove an end; they never stop (rule 11). */
const LONGEST_BACKOFF_SECONDS = 300;

/** When an end that was sent `attempts` times is sent again. */
export const nextTry = (now: Date, attempts: number): Date =>
  addSeconds(now, Math.min(LONGEST_BACKOFF_SECONDS, 10 * 2 ** Math.min(attempts - 1, 5)));

/**
 * A signed packet as an effect, and what its entry must say of it: id, SHA-256 of the signed bytes, and the key, whose
 * history this is. A beginning waits for that entry, and the doer holds the packet against it (rule 7); an end waits for
 * nothing (rule 2).
 */
export function sendPacket(
  context: VerbContext,
  payload: PacketPayload,
): { effect: Effect; logged: { packet: string; envelope: string; key: string } } {
  const envelope = context.sign(payload);
  return {
    effect: {
      kind: 'packet',
      requestId: payload.requestId,
      packetId: payload.id,
      packetKind: payload.kind,
      system: payload.system,
      envelope: Buffer.from(envelope).toString('base64'),
      awaitsEvent: !isEnding(payload.kind),
    },
    logged: { packet: payload.id, envelope: sha256Hex(envelope), key: keyIdOf(envelope) },
  };
}
