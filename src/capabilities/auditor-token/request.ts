import { addHours } from 'date-fns/addHours';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import { reasonDigest, sealDigest } from '../../core/seal.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { refuseSecrets } from '../reason.js';
import { clearRefusal } from '../refusals.js';
import { buildFacts } from './facts.js';
import { AskInput, type Details, PENDING_HOURS } from './schemas.js';
import { ENTRYPOINT, NAME, openingOf } from './stored.js';

interface Ask {
  by: PrincipalId;
  input: string;
  asked: AskInput;
}

/** Asks for a token that reads the ledger's entries. The answer is a pending request or a refusal in the ledger. */
export async function requestToken(context: VerbContext, ask: Ask) {
  const now = context.clock.now();
  const { days, purpose } = AskInput.parse(ask.asked);
  const decision = await decide(context, ask, now);
  if (isEffect(decision, 'require_hitl')) return open(context, { ...ask, now, decision });
  return refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input: ask.input,
    decision: clearRefusal(decision, 'auditor-token.needs_vote'),
    event: {
      type: 'auditor-token.request_refused',
      requestId: null,
      actor: ask.by,
      data: { days, purposeLength: purpose.length },
    },
  });
}

async function decide(context: VerbContext, { by, asked }: Ask, now: Date): Promise<Decision> {
  const secrets = refuseSecrets(NAME, { purpose: asked.purpose });
  if (secrets !== null) return secrets;
  const facts = await buildFacts(context, { action: 'request', now, actor: by, requester: by, ...asked });
  return context.policy.decide(ENTRYPOINT, facts);
}

async function open(context: VerbContext, ask: Ask & { now: Date; decision: Decision<'require_hitl'> }) {
  const { by, input, now, decision } = ask;
  const id = newRequestId();
  const details = detailsOf(context, id, ask);
  const { days, seal, purpose, pendingUntil } = details;
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    input,
    decision,
    event: {
      type: 'auditor-token.requested',
      requestId: id,
      actor: by,
      people: { requester: by },
      personal: { purpose: { subject: by, text: purpose } },
      data: { days, seal },
    },
    changes: [openingOf({ id, requester: by, subject: by, details, dueAt: new Date(pendingUntil) })],
  });
  return committed.ok ? ok<{ id: RequestId }>({ id }) : refused(committed.code, committed.message);
}

function detailsOf(
  context: VerbContext,
  id: RequestId,
  { by, asked, now, decision }: Ask & { now: Date; decision: Decision<'require_hitl'> },
): Details {
  return {
    days: asked.days,
    purpose: asked.purpose,
    seal: sealDigest({
      tenant: context.tenant,
      requestId: id,
      requester: by,
      subject: by,
      system: 'countersign',
      scope: NAME,
      login: null,
      privileges: ['READ ON LEDGER ENTRIES'],
      startAt: null,
      change: null,
      durationMinutes: asked.days * 24 * 60,
      reasonDigest: reasonDigest(asked.purpose),
    }),
    approvers: [...(decision.approvers?.principals ?? [])],
    pendingUntil: addHours(now, PENDING_HOURS).toISOString(),
    outageMilliseconds: 0,
    decided: null,
    fetchUntil: null,
    token: null,
    revoked: null,
  };
}
