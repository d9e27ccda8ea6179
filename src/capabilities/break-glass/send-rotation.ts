import type { RotatePacket } from '../../packet/index.js';
import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import { namesOf } from '../names.js';
import { nextTry, packetOf, sendPacket } from '../send-packet.js';
import { raiseAlarm } from './alarm.js';
import type { GlassState } from './machine.js';
import type { Details } from './schemas.js';
import { asUse, transition } from './stored.js';

/** Each of these tries raises an alarm, then every twelfth: it gets louder, and never silent. */
const LOUD_TRIES = [4, 6, 8];

/** Signs and sends a rotation, again and again with backoff until a receipt proves it. */
export const sendRotation: Step<GlassState, Details> = (context, glass) => {
  const request = asUse(glass);
  const now = context.clock.now();
  const { end, system, account } = request.details;
  if (end === null) throw new TypeError(`${request.id} ends without a reason`);
  const attempts = end.attempts + 1;
  const packet: RotatePacket = {
    ...packetOf(context, request, now),
    kind: 'rotate',
    expiresAt: null,
    account,
  };
  const sent = sendPacket(context, packet);
  const isLoud = LOUD_TRIES.includes(attempts) || (attempts > 8 && attempts % 12 === 0);
  const alarm = isLoud
    ? raiseAlarm(
        request,
        end,
        `After ${attempts} tries nothing proves that the password of ${account} on ${namesOf(context.policy.organisation).system(system)} (use #${request.number}) is dead. Lock the account at the target by hand; Countersign keeps trying.`,
      )
    : { end, effects: [] };
  return transition(context, request, {
    on: 'send_rotation',
    details: { ...request.details, end: { ...alarm.end, packetId: packet.id, attempts } },
    dueAt: nextTry(now, attempts),
    at: now,
    decision: oblige({
      rule: 'break-glass.rotation_sent',
      message: 'The use is over.',
      basis: { request: request.id, window: request.details.window, reason: end.reason },
    }),
    event: {
      type: 'break-glass.rotation_sent',
      actor: { process: 'worker' },
      data: { ...sent.logged, attempts, reason: end.reason },
    },
    effects: [sent.effect, ...alarm.effects],
  });
};
