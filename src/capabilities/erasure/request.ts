import { addDays } from 'date-fns/addDays';
import { canonicalDigest, sha256Hex } from '../../core/canonical.js';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { isEffect } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { ReasonText } from '../reason.js';
import { clearRefusal } from '../refusals.js';
import { buildFacts } from './facts.js';
import { type Details, PENDING_DAYS } from './schemas.js';
import { ENTRYPOINT, erasureHandle, openingOf } from './stored.js';

const Why = ReasonText.min(1);

/**
 * Asks that a person's words and keys be destroyed; another of security countersigns. `person` is null where nobody was
 * meant.
 */
export async function requestErasure(
  context: VerbContext,
  ask: { by: PrincipalId; input: string; person: PrincipalId | null; reason: string },
) {
  const now = context.clock.now();
  const { by, input, person } = ask;
  const { tenant } = context;
  const facts = await buildFacts(context, { action: 'request', now, actor: by, person });
  const decision = context.policy.decide(ENTRYPOINT, facts);
  if (!isEffect(decision, 'allow') || person === null)
    return refuse(context.store, {
      tenant,
      at: now,
      input,
      decision: clearRefusal(decision, 'erasure.request_unclear'),
      event: {
        type: 'erasure.request_refused',
        requestId: null,
        actor: by,
        people: person === null ? {} : { subject: person },
      },
    });
  const reason = Why.safeParse(ask.reason);
  if (!reason.success || findSecret(reason.data) !== null)
    return refused('erasure.reason_unfit', 'Say why, in under 2,000 characters and without a secret.');
  const id = newRequestId();
  const details = newDetails(context, { id, by, person, reason: reason.data, now });
  const committed = await commit(context.store, {
    tenant,
    at: now,
    input,
    decision,
    event: {
      type: 'erasure.requested',
      requestId: id,
      actor: by,
      people: { requester: by, subject: person },
      personal: { reason: { subject: by, text: reason.data } },
      data: { seal: details.seal },
    },
    take: [{ handle: erasureHandle(person), holder: id, epoch: 1, exclusive: true }],
    changes: [
      openingOf({ id, requester: by, subject: person, details, dueAt: new Date(details.pendingUntil) }),
    ],
  });
  if (committed.ok) return ok({ id, number: committed.value.numbers[id] ?? 0 });
  return committed.code === 'handle_taken'
    ? refused('erasure.already_asked', 'The erasure of this person is asked for already.')
    : committed;
}

function newDetails(
  context: VerbContext,
  asked: { id: string; by: PrincipalId; person: PrincipalId; reason: string; now: Date },
): Details {
  const { id, by, person, reason, now } = asked;
  return {
    reason,
    seal: canonicalDigest({
      domain: 'countersign-erasure-v1',
      tenant: context.tenant,
      id,
      requester: by,
      person,
      reasonDigest: sha256Hex(reason),
    }),
    approvalsNeeded: 1,
    approvers: holdersOf(context, ['security']).filter((one) => one !== by && one !== person),
    pendingUntil: addDays(now, PENDING_DAYS).toISOString(),
    decided: null,
    waitsFor: [],
    erased: null,
  };
}
