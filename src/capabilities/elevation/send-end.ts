import type { EndPacket, EndReason } from '../../packet/index.js';
import { oblige } from '../../policy/index.js';
import { tellAnew } from '../alarms.js';
import type { Step } from '../define.js';
import { nextTry, packetOf, sendPacket } from '../send-packet.js';
import type { ElevationState } from './machine.js';
import type { Details, Elevation } from './schemas.js';
import { transition } from './stored.js';

const PACKET_REASON: Record<NonNullable<Details['end']>['reason'], EndReason> = {
  expired: 'expired',
  ended_early: 'ended_early',
  revoked: 'revoked',
  never_started: 'revoked',
  ticket_closed: 'revoked',
  frozen: 'revoked',
  deactivated: 'revoked',
  contained: 'revoked',
  recalled: 'revoked',
};

/** So many tries without any answer are told to people: an executor that is away says nothing itself (rule 11). */
export const UNANSWERED_TRIES = 4;
export const UNANSWERED = 'elevation.end_unanswered';

/** Signs and sends an end packet, again and again with backoff until a receipt proves the end. */
export const sendEnd: Step<ElevationState, Details> = (context, request) => {
  const now = context.clock.now();
  const { end } = request.details;
  if (end === null) throw new TypeError(`${request.id} ends without a reason`);
  const attempts = end.attempts + 1;
  const packet: EndPacket = {
    ...packetOf(context, request, now),
    kind: 'end',
    expiresAt: null,
    reason: request.state === 'revoke_unproven' ? 'unproven_retry' : PACKET_REASON[end.reason],
  };
  const sent = sendPacket(context, packet);
  return transition(context, request, {
    on: 'send_end',
    details: { ...request.details, end: { ...end, packetId: packet.id, attempts } },
    dueAt: nextTry(now, attempts),
    at: now,
    decision: oblige({
      rule: 'elevation.end_sent',
      message: 'The access is over.',
      basis: { request: request.id, grant: request.details.grant, reason: end.reason },
    }),
    event: {
      type: 'elevation.end_sent',
      actor: { process: 'worker' },
      data: { ...sent.logged, attempts, reason: end.reason },
    },
    effects: [
      sent.effect,
      ...(request.state === 'ending' && attempts === UNANSWERED_TRIES
        ? tellAnew(unanswered(request), 0)
        : []),
    ],
  });
};

const unanswered = (request: Elevation) => ({
  kind: 'alert' as const,
  requestId: request.id,
  alert: UNANSWERED,
  text: `Nothing answers the end of access #${request.number} to ${request.details.system}. Countersign keeps trying; look at the executor.`,
});
