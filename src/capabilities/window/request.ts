import { addHours } from 'date-fns/addHours';
import { min } from 'date-fns/min';
import { canonicalDigest } from '../../core/canonical.js';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { windowDigest } from '../../core/window.js';
import { type Decision, isEffect, refusal } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { refuseSecrets } from '../reason.js';
import { clearRefusal } from '../refusals.js';
import { canBeRead } from '../sealed-terms.js';
import { findScope, findSystem } from '../systems.js';
import { type Asked, buildFacts } from './facts.js';
import { AskInput, type Details, PENDING_HOURS } from './schemas.js';
import { ENTRYPOINT, NAME, openingOf } from './stored.js';
import { scopesPart } from './terms-views.js';

/** Asks for a window. The answer is a pending request or a refusal in the ledger. */
export async function requestWindow(
  context: VerbContext,
  ask: { by: PrincipalId; input: string; asked: AskInput },
) {
  const now = context.clock.now();
  const { by, input } = ask;
  const asked = resolve(context, by, AskInput.parse(ask.asked), now);
  const decision = await decide(context, asked, now);
  if (isEffect(decision, 'require_hitl')) return open(context, { input, now, asked, decision });
  return refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input,
    decision: clearRefusal(decision, 'window.needs_vote'),
    event: { type: 'window.request_refused', requestId: null, actor: by, data: refusedOf(asked) },
  });
}

/** The scopes with the privileges they have now: what is countersigned is what a use can get, and no more. */
function resolve(context: VerbContext, requester: PrincipalId, asked: AskInput, now: Date): Asked {
  const system = findSystem(context, asked.system);
  return {
    requester,
    system: asked.system,
    reason: asked.reason,
    ticket: asked.ticket,
    terms: {
      people: [...new Set(asked.people)].toSorted(),
      scopes: [...new Set(asked.scopes)].toSorted().map((scope) => ({
        scope,
        privileges: findScope(system, scope)?.privileges.toSorted() ?? [],
      })),
      uses: asked.uses,
      longestMinutes: asked.longestMinutes,
      startsAt: asked.startsAt ?? now.toISOString(),
      endsAt: asked.endsAt,
    },
  };
}

async function decide(context: VerbContext, asked: Asked, now: Date): Promise<Decision> {
  const secrets = refuseSecrets(NAME, { reason: asked.reason, ticket: asked.ticket });
  if (secrets !== null) return secrets;
  if (!canBeRead([scopesPart(asked.system, asked.terms.scopes, namesOf(context.policy.organisation))]))
    return TOO_MUCH();
  const facts = await buildFacts(context, { action: 'request', now, actor: asked.requester, asked });
  return context.policy.decide(ENTRYPOINT, facts);
}

const TOO_MUCH = () =>
  refusal(
    'window.too_much_to_read',
    'The privileges of so many scopes are more than an approver can be shown. Choose fewer, or ask for several windows.',
  );

async function open(
  context: VerbContext,
  ask: { input: string; now: Date; asked: Asked; decision: Decision<'require_hitl'> },
) {
  const { input, now, asked, decision } = ask;
  const { requester, reason, ticket } = asked;
  const id = newRequestId();
  const details = detailsOf(context, id, ask);
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    input,
    decision,
    event: {
      type: 'window.requested',
      requestId: id,
      actor: requester,
      people: { requester, ...named(asked) },
      personal: {
        reason: { subject: requester, text: reason },
        ...(ticket === null ? {} : { ticket: { subject: requester, text: ticket } }),
      },
      data: { ...dataOf(asked), seal: details.seal, approvalsNeeded: details.approvalsNeeded },
    },
    changes: [
      openingOf({ id, requester, subject: requester, details, dueAt: new Date(details.pendingUntil) }),
    ],
  });
  if (!committed.ok) return refused(committed.code, committed.message);
  return ok<{ id: RequestId; number: number }>({ id, number: committed.value.numbers[id] ?? 0 });
}

function detailsOf(
  context: VerbContext,
  id: RequestId,
  { now, asked, decision }: { now: Date; asked: Asked; decision: Decision<'require_hitl'> },
): Details {
  const { requester, system, terms, reason, ticket } = asked;
  const { needed, principals, stages } = decision.approvers ?? { needed: 1, principals: [] };
  const reasonDigest = canonicalDigest({ domain: 'countersign-window-case-v1', reason, ticket });
  return {
    system,
    terms,
    reason,
    ticket,
    reasonDigest,
    seal: windowDigest({ tenant: context.tenant, requestId: id, requester, system, terms, reasonDigest }),
    approvalsNeeded: Math.max(1, needed),
    approvers: [...principals],
    stages: (stages ?? [{ needed, principals }]).map((stage) => ({
      needed: stage.needed,
      approvers: [...stage.principals],
    })),
    pendingUntil: min([addHours(now, PENDING_HOURS), new Date(terms.endsAt)]).toISOString(),
    outageMilliseconds: 0,
    decided: null,
    closed: null,
    used: [],
  };
}

const named = ({ terms }: Asked) =>
  Object.fromEntries(terms.people.map((person, index) => [`named_${index + 1}`, person]));

/** Of a refusal no privileges: nobody was shown any, and they may be too many to be ledgered. */
const refusedOf = (asked: Asked) => ({
  ...dataOf(asked),
  scopes: asked.terms.scopes.map(({ scope }) => scope),
});

const dataOf = ({ system, terms: { people, ...terms } }: Asked) => ({
  system,
  ...terms,
  people: people.length,
});
