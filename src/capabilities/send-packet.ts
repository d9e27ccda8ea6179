import { addSeconds } from 'date-fns/addSeconds';
import { sha256Hex } from '../core/canonical.js';
import { newPacketId } from '../core/ids.js';
import type { RequestId } from '../core/tenant.js';
import { isEnding, keyIdOf, PACKET_VALIDITY_SECONDS, type PacketPayload } from '../packet/index.js';
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
