import { addMinutes } from 'date-fns';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { clearRefusal } from '../refusals.js';
import { findChange } from './change.js';
import { decidersOf } from './deciders.js';
import { wakeAt } from './deciding.js';
import { findScope, findSystem, type Terms } from './facts.js';
import { machine } from './machine.js';
import { AskInput, type Details, type Elevation, PENDING_MINUTES } from './schemas.js';
import { NAME } from './stored.js';
import { dataOfTerms, detailsOfTerms, judgeTerms, wordsOfTerms } from './terms.js';

export interface Asked {
  id: RequestId;
  number: number;
}

/** Asks for access to one scope of one system. The answer is a pending request or a refusal in the ledger. */
export async function requestElevation(
  context: VerbContext,
  ask: { by: PrincipalId; input: string; asked: AskInput; renews?: Pick<Elevation, 'id' | 'number'> },
) {
  const now = context.clock.now();
  const { subject, beside, change, ...asked } = AskInput.parse(ask.asked);
  const target = findScope(findSystem(context, asked.system), asked.scope);
  const terms: Terms = {
    ...asked,
    requester: ask.by,
    subject: subject ?? ask.by,
    change: await findChange(context, target, change),
  };
  const decision = await judgeTerms(context, { now, by: ask.by, terms, request: null, acknowledged: beside });
  if (isEffect(decision, 'require_hitl')) return open(context, { ...ask, now, decision, terms });
  const { system, scope, durationMinutes } = terms;
  return refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input: ask.input,
    decision: clearRefusal(decision, 'elevation.needs_vote'),
    event: {
      type: 'elevation.request_refused',
      requestId: null,
      actor: ask.by,
      people: { subject: terms.subject },
      data: { system, scope, durationMinutes },
    },
  });
}

async function open(
  context: VerbContext,
  ask: {
    input: string;
    now: Date;
    decision: Decision<'require_hitl'>;
    terms: Terms;
    renews?: Pick<Elevation, 'id' | 'number'>;
  },
) {
  const { now, decision, terms, renews } = ask;
  const id = newRequestId();
  const details: Details = {
    ...detailsOfTerms(context, id, decision, terms),
    ...(await decidersOf(context, { now, system: terms.system, decision })),
    edits: [],
    pendingUntil: addMinutes(now, PENDING_MINUTES).toISOString(),
    outageMilliseconds: 0,
    renews: renews === undefined ? null : { id: renews.id, number: renews.number },
    decided: null,
    grant: null,
    warnedAt: null,
    showings: [],
    end: null,
    failure: null,
  };
  const { requester, subject } = terms;
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    input: ask.input,
    decision,
    event: {
      type: 'elevation.requested',
      requestId: id,
      actor: requester,
      people: { requester, subject },
      personal: wordsOfTerms(terms),
      data: { ...dataOfTerms(details), renews: details.renews?.id ?? null },
    },
    changes: [
      {
        id,
        capability: NAME,
        requester,
        subject,
        from: null,
        to: { state: machine.initial, details, dueAt: wakeAt(details) },
      },
    ],
  });
  if (!committed.ok) return refused(committed.code, committed.message);
  const asked: Asked = { id, number: committed.value.numbers[id] ?? 0 };
  return ok(asked);
}
