import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect, oblige } from '../../policy/index.js';
import type { Step, Stop, VerbContext } from '../define.js';
import { orGivenBack } from '../refusals.js';
import { type Ending, endingOf } from './ending.js';
import { judgeAct } from './judge-act.js';
import { type GlassState, machine } from './machine.js';
import { refuseAct } from './refuse-act.js';
import type { Details, Glass, Use } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { asUse, onCurrent, transition } from './stored.js';

/** End Now: whoever has it may, also where policy is broken; who keeps security or approves here, by policy. */
export function end(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (glass) => {
    const request = asUse(glass);
    if (machine.next(request.state, 'end') === null) return alreadyResolved(request);
    const now = context.clock.now();
    const judged = await judgeAct(context, request, { action: 'end', now, actor: ask.by });
    const decision = orGivenBack(judged, request, { by: ask.by });
    if (!isEffect(decision, 'allow') && !isEffect(decision, 'oblige'))
      return refuseAct(context, request, { ...ask, what: 'end', now, decision });
    return askEnd(context, request, { now, reason: 'ended_early', by: ask.by, decision, input: ask.input });
  });
}

/** Turns a use towards its rotation. An ending needs nobody's leave (rule 2). */
export function askEnd(
  context: VerbContext,
  request: Use,
  ask: {
    now: Date;
    reason: Ending['reason'];
    by: PrincipalId | null;
    decision?: Decision<'allow' | 'oblige'>;
    input?: string;
  },
) {
  const { now, reason, by } = ask;
  return transition(context, request, {
    on: 'end',
    details: {
      ...request.details,
      end: endingOf(reason, by, now),
    },
    dueAt: now,
    at: now,
    decision:
      ask.decision ??
      oblige({
        rule: `break-glass.${reason}`,
        message: 'The use is over.',
        basis: { request: request.id, window: request.details.window },
      }),
    ...(ask.input === undefined ? {} : { input: ask.input }),
    event: { type: 'break-glass.end_asked', actor: by ?? { process: 'worker' }, data: { reason } },
  });
}

export const expire: Step<GlassState, Details> = (context, request) =>
  askEnd(context, asUse(request), { now: context.clock.now(), reason: 'expired', by: null });

export const stops = ({ state }: Glass): boolean => machine.next(state, 'end') !== null;

/** Somebody was frozen or has left, or the incident is contained: the use ends; what it owes stays owed. */
export async function stop(context: VerbContext, request: Glass, because: Stop) {
  if (!stops(request)) return { ok: true as const, value: null };
  const { reason, by } = because;
  return askEnd(context, asUse(request), { now: context.clock.now(), reason, by });
}
