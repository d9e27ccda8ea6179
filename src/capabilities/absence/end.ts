import { refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect, oblige } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { buildFacts } from './facts.js';
import type { AwayRequest } from './schemas.js';
import { ENTRYPOINT, onCurrent, transition } from './stored.js';

/** I'm Back: whoever is away is asked again. */
export function end(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    if (request.state !== 'away') return refused('already_resolved', 'That absence is over already.');
    const now = context.clock.now();
    const { subject: person } = request;
    const facts = await buildFacts(context, { action: 'end', now, actor: ask.by, person, delegate: null });
    const decision = context.policy.decide(ENTRYPOINT, facts);
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'end', now, decision });
    return close(context, request, { now, actor: ask.by, decision, input: ask.input });
  });
}

/** The time said is over, or the person has no power left. */
export const endByItself = (context: VerbContext, request: AwayRequest) =>
  close(context, request, {
    now: context.clock.now(),
    actor: { process: 'worker' },
    decision: oblige({
      rule: 'absence.over',
      message: 'The absence is over.',
      basis: { request: request.id, until: request.details.until },
    }),
  });

function close(
  context: VerbContext,
  request: AwayRequest,
  by: {
    now: Date;
    actor: PrincipalId | { process: string };
    decision: Decision<'allow' | 'oblige'>;
    input?: string;
  },
) {
  return transition(context, request, {
    on: 'end',
    details: { ...request.details, endedAt: by.now.toISOString() },
    dueAt: null,
    at: by.now,
    decision: by.decision,
    ...(by.input === undefined ? {} : { input: by.input }),
    release: [{ handle: `away:${request.subject}`, holder: request.id }],
    event: { type: 'absence.ended', actor: by.actor },
  });
}
