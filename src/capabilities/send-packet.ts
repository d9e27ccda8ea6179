import { sha256Hex } from '../core/canonical.js';
import { isEnding, keyIdOf, type PacketPayload } from '../packet/index.js';
import type { Effect } from '../store/index.js';
import type { VerbContext } from './define.js';

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
