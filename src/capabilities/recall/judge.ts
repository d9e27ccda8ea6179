import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { buildFacts } from './facts.js';
import type { Item, Recall, Verdict } from './schemas.js';
import { ENTRYPOINT, onCurrent, transition } from './stored.js';

interface Judgement {
  by: PrincipalId;
  input: string;
  /** The request that is judged, by our number. */
  number: number;
  as: Verdict;
}

/** One of security says whether one thing was in order; the last one closes the recall. Gives the recall as it is then. */
export function judge(context: VerbContext, id: RequestId, judgement: Judgement) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    const { by, input, number, as } = judgement;
    const item = request.details.items.find((one) => one.number === number);
    if (item === undefined) return refused('not_found', 'That is not one of the things recalled.');
    if (item.judged !== null)
      return refused('already_resolved', `#${number} is ${item.judged.as} already. Nothing changed.`);
    const action = as === 'accepted' ? 'accept' : 'flag';
    const facts = await buildFacts(context, { action, now, actor: by, recall: request, item });
    const decision = context.policy.decide(ENTRYPOINT, facts);
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { what: 'judge', by, input, now, decision, data: { number, as } });
    const details = judged(request, item, { as, by, at: now.toISOString() });
    const isLast = details.items.every((one) => one.judged !== null);
    const written = await transition(context, request, {
      on: isLast ? 'close' : 'review',
      details: isLast ? { ...details, reviewedAt: now.toISOString() } : details,
      dueAt: isLast ? null : request.dueAt,
      at: now,
      decision,
      input,
      event: {
        type: isLast ? 'recall.reviewed' : 'recall.judged',
        actor: by,
        data: { item: item.id, number, as },
      },
      effects:
        as === 'accepted'
          ? []
          : [
              {
                kind: 'alert',
                requestId: request.id,
                alert: 'recall.flagged',
                text: `Recall #${request.number}: request #${number} was not in order. See to what it may have left behind.`,
              },
            ],
    });
    return written.ok ? ok({ ...request, details }) : written;
  });
}

const judged = (request: Recall, item: Item, verdict: NonNullable<Item['judged']>): Recall['details'] => ({
  ...request.details,
  items: request.details.items.map((one) => (one.number === item.number ? { ...one, judged: verdict } : one)),
});
