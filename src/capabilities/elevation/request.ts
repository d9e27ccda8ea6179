import { addMinutes } from 'date-fns';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import { reasonDigest, sealDigest } from '../../core/seal.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { type Decision, isEffect, refusal } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { buildFacts, findScope, findSystem, loginOf } from './facts.js';
import { machine } from './machine.js';
import { AskInput, type Details, PENDING_MINUTES } from './schemas.js';
import { NAME } from './stored.js';

export interface Asked {
  id: RequestId;
  number: number;
}

/** Asks for access to one scope of one system, for oneself. The answer is a pending request or a refusal in the ledger. */
export async function requestElevation(
  context: VerbContext,
  ask: { by: PrincipalId; input: string; asked: AskInput },
) {
  const now = context.clock.now();
  const { system, scope, durationMinutes, reason } = AskInput.parse(ask.asked);
  const secret = findSecret(reason);
  const terms = {
    requester: ask.by,
    subject: ask.by,
    system,
    scope,
    durationMinutes,
    reason: secret === null ? reason : '',
  };
  const decision =
    secret === null
      ? context.policy.decide(
          'elevation/decision',
          await buildFacts(context, { action: 'request', now, actor: ask.by, terms, request: null }),
        )
      : refusal(
          'elevation.reason_holds_secret',
          `The reason seems to hold a secret (${secret}). Take it out, and rotate it if it is real.`,
        );
  if (isEffect(decision, 'require_hitl')) return open(context, { ...ask, now, decision, terms });
  return refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input: ask.input,
    decision: isEffect(decision, 'allow')
      ? refusal('elevation.needs_vote', 'An elevation needs a second person.')
      : decision,
    event: {
      type: 'elevation.request_refused',
      requestId: null,
      actor: ask.by,
      data: { system, scope, durationMinutes },
    },
  });
}

async function open(
  context: VerbContext,
  ask: {
    by: PrincipalId;
    input: string;
    now: Date;
    decision: Decision<'require_hitl'>;
    terms: { requester: PrincipalId; subject: PrincipalId } & AskInput;
  },
) {
  const { now, decision, terms } = ask;
  const id = newRequestId();
  const details = detailsOf(context, id, now, decision, terms);
  const { system, scope, durationMinutes, seal } = details;
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    input: ask.input,
    decision,
    event: {
      type: 'elevation.requested',
      requestId: id,
      actor: ask.by,
      people: { requester: terms.requester, subject: terms.subject },
      personal: { reason: { subject: terms.requester, text: terms.reason } },
      data: {
        system,
        scope,
        durationMinutes,
        seal,
        privileges: details.privileges,
        approvalsNeeded: details.approvalsNeeded,
      },
    },
    changes: [
      {
        id,
        capability: NAME,
        requester: terms.requester,
        subject: terms.subject,
        from: null,
        to: { state: machine.initial, details, dueAt: new Date(details.pendingUntil) },
      },
    ],
  });
  if (!committed.ok) return refused(committed.code, committed.message);
  const asked: Asked = { id, number: committed.value.numbers[id] ?? 0 };
  return ok(asked);
}

function detailsOf(
  context: VerbContext,
  id: RequestId,
  now: Date,
  decision: Decision<'require_hitl'>,
  terms: { requester: PrincipalId; subject: PrincipalId } & AskInput,
): Details {
  const found = findSystem(context, terms.system);
  const login = loginOf(context, terms.subject, found);
  const privileges = [...(findScope(found, terms.scope)?.privileges ?? [])].sort();
  const { requester, subject, system, scope, durationMinutes, reason } = terms;
  return {
    system,
    scope,
    login,
    privileges,
    durationMinutes,
    reason,
    seal: sealDigest({
      tenant: context.tenant,
      requestId: id,
      requester,
      subject,
      system,
      scope,
      login,
      privileges,
      startAt: null,
      change: null,
      durationMinutes,
      reasonDigest: reasonDigest(reason),
    }),
    approvalsNeeded: Math.max(1, decision.approvers?.needed ?? 1),
    approvers: [...(decision.approvers?.principals ?? [])],
    pendingUntil: addMinutes(now, PENDING_MINUTES).toISOString(),
    decided: null,
    grant: null,
    showings: [],
    end: null,
    failure: null,
  };
}
