import { addHours } from 'date-fns/addHours';
import { ok } from '../../core/outcome.js';
import type { PacketId, PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { revealPacket, sendPacket } from '../send-packet.js';
import { judgeAct } from './judge-act.js';
import { startClock } from './justification-clock.js';
import { refuseAct } from './refuse-act.js';
import type { Use } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { asUse, onCurrent, transition } from './stored.js';
import { alertEffect } from './words.js';

/**
 * Asks the doer to mint a credential of the open use, encrypted to `recipient` (rule 9). The first asking starts the
 * clock of the justification in the same commit; each one alerts.
 */
export function show(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; recipient: string; input: string },
) {
  return onCurrent(context, id, async (glass) => {
    const request = asUse(glass);
    const now = context.clock.now();
    if (request.state !== 'open') return alreadyResolved(request);
    const decision = await judgeAct(context, request, { action: 'show', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'credential', now, decision });
    return send(context, request, { ...ask, now, decision });
  });
}

async function send(
  context: VerbContext,
  request: Use,
  ask: { by: PrincipalId; recipient: string; input: string; now: Date; decision: Decision<'allow'> },
) {
  const { now } = ask;
  const { details } = request;
  const names = namesOf(context.policy.organisation);
  const packet = revealPacket(context, request, { ...ask, now });
  const sent = sendPacket(context, packet);
  const isFirst = details.showings.length === 0;
  const written = await transition(context, request, {
    on: 'show',
    details: {
      ...details,
      showings: [...details.showings, { packetId: packet.id, askedAt: now.toISOString(), shownAt: null }],
    },
    dueAt: request.dueAt,
    at: now,
    decision: ask.decision,
    input: ask.input,
    event: { type: 'break-glass.credential_asked', actor: ask.by, data: { ...sent.logged } },
    also: isFirst ? await startClock(context, request, addHours(now, 24)) : [],
    effects: [
      sent.effect,
      alertEffect(request.id, {
        alert: 'break-glass.credential_shown',
        sink: 'webhook',
        text: `A credential of ${details.account} on ${names.system(details.system)} is being shown to ${names.person(request.subject)} (use #${request.number}).`,
      }),
    ],
  });
  return written.ok ? ok<{ packetId: PacketId }>({ packetId: packet.id }) : written;
}
