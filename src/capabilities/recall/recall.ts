import { addDays } from 'date-fns/addDays';
import { canonicalDigest } from '../../core/canonical.js';
import { newRequestId } from '../../core/ids.js';
import { ok } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { type Decision, isEffect, refusal } from '../../policy/index.js';
import { commit, type Effect, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { clearRefusal } from '../refusals.js';
import { whatTheyDid } from './doings.js';
import { buildFacts } from './facts.js';
import type { Details, Item } from './schemas.js';
import { ENTRYPOINT, openingOf } from './stored.js';

interface Call {
  by: PrincipalId;
  input: string;
  /** Null where nobody was meant. */
  person: PrincipalId | null;
  since: Date;
}

/** Lists all an account asked and approved since then, stops what of it is open and puts all of it before security again. */
export async function recall(context: VerbContext, call: Call) {
  const now = context.clock.now();
  const { by, person, since } = call;
  const facts = await buildFacts(context, { action: 'recall', now, actor: by, person });
  const decision = context.policy.decide(ENTRYPOINT, facts);
  if (!isEffect(decision, 'allow') || person === null)
    return refuseCall(context, call, now, clearRefusal(decision, 'recall.call_unclear'));
  const items = await whatTheyDid(context, person, since, { reason: 'recalled', by });
  if (items.length > 0) return open(context, { ...call, person, now, decision, items });
  const nothing = refusal(
    'recall.nothing_done',
    'That account asked for nothing and approved nothing since.',
  );
  return refuseCall(context, call, now, nothing);
}

const refuseCall = (context: VerbContext, call: Call, now: Date, decision: Decision<'deny' | 'block'>) =>
  refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input: call.input,
    decision,
    event: {
      type: 'recall.call_refused',
      requestId: null,
      actor: call.by,
      people: call.person === null ? {} : { subject: call.person },
      data: { since: call.since.toISOString() },
    },
  });

async function open(
  context: VerbContext,
  call: Call & { person: PrincipalId; now: Date; decision: Decision<'allow'>; items: Item[] },
) {
  const { by, person, now, items } = call;
  const id = newRequestId();
  const since = call.since.toISOString();
  const stopped = items.filter(({ fate }) => fate === 'stopped').length;
  const details: Details = {
    since,
    seal: canonicalDigest({ domain: 'countersign-recall-v1', tenant: context.tenant, id, person, since }),
    security: holdersOf(context, ['security']).filter((one) => one !== person && one !== by),
    items,
    reminders: 0,
    reviewedAt: null,
  };
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    decision: call.decision,
    input: call.input,
    event: {
      type: 'recall.called',
      requestId: id,
      actor: by,
      people: { requester: by, subject: person },
      data: { since, items: items.length, stopped, digest: canonicalDigest(items) },
    },
    changes: [openingOf({ id, requester: by, subject: person, details, dueAt: addDays(now, 1) })],
    // Whatever was open: it may have moved on to where a stop ends it.
    effects: items
      .filter(({ fate }) => fate !== 'over')
      .map((item): Effect => ({ kind: 'stop', requestId: item.id, because: { reason: 'recalled', by } })),
  });
  if (!committed.ok) return committed;
  return ok({ number: committed.value.numbers[id] ?? 0, items: items.length, stopped });
}
