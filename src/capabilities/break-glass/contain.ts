import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { commit, type Effect, readOpenRequestsOn } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { judgeAct } from './judge-act.js';
import { refuseAct } from './refuse-act.js';
import type { Review } from './schemas.js';
import { asReview, onCurrent, toldInTimeline } from './stored.js';

interface Ask {
  by: PrincipalId;
  input: string;
}

/** Stop (security policy §8): takes all power from the user. */
export const stopPerson = (context: VerbContext, id: RequestId, ask: Ask) =>
  act(context, id, ask, 'stop', (review) => [
    {
      kind: 'freeze',
      requestId: review.id,
      person: review.requester,
      because: { reason: 'contained', by: ask.by },
    },
  ]);

/** Contain: ends every access in force on the system, whatever gave it. */
export const contain = (context: VerbContext, id: RequestId, ask: Ask) =>
  act(context, id, ask, 'contain', async (review) => {
    const open = await readOpenRequestsOn(context.store, context.tenant, review.details.system);
    return open.map((requestId) => ({
      kind: 'stop',
      requestId,
      because: { reason: 'contained', by: ask.by },
    }));
  });

function act(
  context: VerbContext,
  id: RequestId,
  ask: Ask,
  what: 'stop' | 'contain',
  effectsOf: (review: Review) => Effect[] | Promise<Effect[]>,
) {
  return onCurrent(context, id, async (glass) => {
    const review = asReview(glass);
    const now = context.clock.now();
    const decision = await judgeAct(context, review, { action: 'contain', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, review, { by: ask.by, input: ask.input, what: 'review', now, decision });
    const effects = await effectsOf(review);
    return commit(context.store, {
      tenant: context.tenant,
      at: now,
      input: ask.input,
      decision,
      event: {
        type: 'break-glass.contained',
        requestId: review.id,
        actor: ask.by,
        people: { requester: review.requester },
        data: { what, system: review.details.system, ends: effects.length },
      },
      changes: [],
      effects: [...effects, toldInTimeline(review)],
    });
  });
}
