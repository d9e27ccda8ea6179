import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect, refusal } from '../../policy/index.js';
import type { TurnWrite } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { findScope, findSystem } from '../systems.js';
import { askModal, NEW_FORM } from './ask-modal.js';
import { findChange, sealedChange } from './change.js';
import { decidersOf } from './deciders.js';
import { wakeAt } from './deciding.js';
import type { Draft } from './draft.js';
import { EditInput, type Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { onCurrent, transition } from './stored.js';
import { dataOfTerms, detailsOfTerms, judgeTerms, neededBy, termsOf, wordsOfTerms } from './terms.js';
import { turnsOf } from './turns.js';
import { waitAnew } from './wait-anew.js';

/** The form of a pending request, filled with what it asks for now. Policy says at Save who may change it. */
export function openEdit(context: VerbContext, id: RequestId, { by }: { by: PrincipalId }) {
  return onCurrent(context, id, async (request) => {
    if (request.state !== 'pending') return alreadyResolved(request);
    const { system, scope, durationMinutes, reason, ticket, startAt } = request.details;
    const draft: Draft = {
      target: `${system}/${scope}`,
      durationMinutes,
      reason,
      ticket: ticket ?? '',
      startAt: startAt === null ? null : new Date(startAt),
      change: sealedChange(request.details.change) ?? '',
      subject: null,
      opens: [],
      unclear: null,
    };
    return ok(askModal(context, by, draft, { ...NEW_FORM, edits: id }));
  });
}

/** Changes what is asked for while it waits: sealed anew, and every vote so far is void (rule 5). */
export function edit(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string; asked: EditInput },
) {
  const { beside, change, ...asked } = EditInput.parse(ask.asked);
  return onCurrent(context, id, async (request) => {
    if (request.state !== 'pending') return alreadyResolved(request);
    const now = context.clock.now();
    const target = findScope(findSystem(context, request.details.system), asked.scope);
    const terms = { ...termsOf(request), ...asked, change: await findChange(context, target, change) };
    const turns = await turnsOf(context, request);
    const decision = await judgeTerms(context, { now, by: ask.by, terms, request, acknowledged: beside });
    if (!isEffect(decision, 'require_hitl'))
      return refuseAct(context, request, { ...ask, what: 'edit', now, decision });
    const sealed = detailsOfTerms(context, id, neededBy(decision), terms);
    if (sealed.seal === request.details.seal)
      return refuseAct(context, request, { ...ask, what: 'edit', now, decision: UNCHANGED() });
    const deciders = await decidersOf(context, { now, system: terms.system, decision });
    return reseal(context, request, { ...ask, now, decision, terms, sealed, deciders, turns });
  });
}

const UNCHANGED = () =>
  refusal('elevation.unchanged', 'Nothing was changed, so the request stands as it was.');

async function reseal(
  context: VerbContext,
  request: Elevation,
  change: {
    by: PrincipalId;
    input: string;
    now: Date;
    decision: Decision<'require_hitl'>;
    terms: ReturnType<typeof termsOf>;
    sealed: ReturnType<typeof detailsOfTerms>;
    deciders: Awaited<ReturnType<typeof decidersOf>>;
    turns: readonly TurnWrite[];
  },
) {
  const { now, terms, sealed, deciders } = change;
  const voided = request.votes.map((vote) => vote.principal);
  const { stages, raised, nudgeAt } = deciders.deciding;
  const details = {
    ...request.details,
    ...sealed,
    askedAt: now.toISOString(),
    ...(await waitAnew(context, request, now)),
    approvers: deciders.approvers,
    deciding: { ...request.details.deciding, stages, raised, nudgeAt, nudgeStep: 0, tooFew: false },
    edits: [...request.details.edits, { at: now.toISOString(), voided }],
  };
  return transition(context, request, {
    on: 'edit',
    details,
    dueAt: wakeAt(details),
    at: now,
    decision: change.decision,
    input: change.input,
    turns: change.turns,
    voidVotes: request.votes.map((vote) => vote.id),
    event: {
      type: 'elevation.edited',
      actor: change.by,
      personal: wordsOfTerms(terms),
      data: { ...dataOfTerms(sealed), earlierSeal: request.details.seal, votesVoided: voided.length },
    },
  });
}
