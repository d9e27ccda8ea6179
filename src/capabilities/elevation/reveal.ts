import { ok } from '../../core/outcome.js';
import type { PacketId, PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { revealPacket, sendPacket } from '../send-packet.js';
import { judgeAct } from './judge-act.js';
import { alreadyResolved } from './settled.js';
import { onCurrent, transition } from './stored.js';

/**
 * Asks the doer to mint a credential for a live grant, encrypted to `recipient`: the public half of a one-use key that
 * only the asking process holds, in memory (rule 9). Answers with the packet whose receipt will carry the ciphertext.
 */
export function reveal(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; recipient: string; input: string },
) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    if (request.state !== 'active' && ask.by === request.subject) return alreadyResolved(request);
    const decision = await judgeAct(context, request, { action: 'reveal', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'credential', now, decision });
    const packet = revealPacket(context, request, { ...ask, now });
    const sent = sendPacket(context, packet);
    const written = await transition(context, request, {
      on: 'show',
      details: {
        ...request.details,
        showings: [
          ...request.details.showings,
          { packetId: packet.id, askedAt: now.toISOString(), shownAt: null },
        ],
      },
      dueAt: request.dueAt,
      at: now,
      decision,
      input: ask.input,
      event: { type: 'elevation.credential_asked', actor: ask.by, data: { ...sent.logged } },
      effects: [sent.effect],
    });
    return written.ok ? ok<{ packetId: PacketId }>({ packetId: packet.id }) : written;
  });
}
