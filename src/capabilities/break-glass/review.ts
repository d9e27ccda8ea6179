import { refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { isEffect, oblige } from '../../policy/index.js';
import { itIsOver, tellAnew } from '../alarms.js';
import type { Step, VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { wakeParent } from './close.js';
import type { Action } from './facts.js';
import { judgeAct } from './judge-act.js';
import { type GlassEvent, type GlassState, machine } from './machine.js';
import { recordSeal } from './record.js';
import { refuseAct } from './refuse-act.js';
import { dueOf } from './review-due.js';
import { type Details, type GlassEventType, IncidentRecord, type ReviewDetails } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { asReview, onCurrent, transition } from './stored.js';
import { alertEffect } from './words.js';
import { addWorkingDays } from './working-days.js';

interface Ask {
  by: PrincipalId;
  input: string;
}

/** Fills the incident record; `over` seals the one that was there when they began to write. */
export async function editReview(
  context: VerbContext,
  id: RequestId,
  ask: Ask & { record: IncidentRecord; over: string },
) {
  const record = IncidentRecord.parse(ask.record);
  const texts = [record.description, record.impact, record.remediation, record.prevention];
  if (texts.some((text) => findSecret(text) !== null))
    return refused('break-glass.text', 'One of the fields seems to hold a secret. Take it out.');
  return act(context, id, ask, {
    action: 'edit',
    isStale: (details) => recordSeal(details.record) !== ask.over,
    change: (details) => ({ ...details, record }),
    event: 'break-glass.review_edited',
    data: { what: 'record' },
  });
}

/** Makes oneself its owner; the user never is. */
export const takeReview = (context: VerbContext, id: RequestId, ask: Ask) =>
  act(context, id, ask, {
    action: 'take_review',
    change: (details) => ({ ...details, owner: ask.by }),
    event: 'break-glass.review_edited',
    data: { what: 'owner' },
  });

/** Accepts what stayed behind at the target, or says that it is undone, which counts once a look finds it gone. */
export const settleLines = (
  context: VerbContext,
  id: RequestId,
  ask: Ask & { verdicts: ReadonlyMap<number, 'accepted' | 'undone'> },
) =>
  act(context, id, ask, {
    action: 'settle',
    change: (details, now) => ({
      ...details,
      drift:
        details.drift?.map((line, index) => {
          const verdict = ask.verdicts.get(index);
          if (verdict === undefined || line.settled !== null) return line;
          const said = { by: ask.by, at: now.toISOString() };
          return verdict === 'accepted'
            ? { ...line, claim: null, settled: { ...said, verdict } }
            : { ...line, claim: { ...said, found: null } };
        }) ?? null,
    }),
    event: 'break-glass.review_edited',
    data: { what: 'differences', verdicts: Object.fromEntries(ask.verdicts) },
  });

/** The last word, by somebody who is neither the user nor the owner, on the review as they read it: `seal` is of that. */
export const signOff = (context: VerbContext, id: RequestId, ask: Ask & { seal: string }) =>
  act(context, id, ask, {
    action: 'sign_off',
    readSeal: ask.seal,
    on: 'sign_off',
    change: (details, now) => ({ ...details, signedOff: { by: ask.by, at: now.toISOString() } }),
    event: 'break-glass.signed_off',
    data: {},
  });

function act(
  context: VerbContext,
  id: RequestId,
  ask: Ask,
  step: {
    action: Action;
    readSeal?: string;
    isStale?: (details: ReviewDetails) => boolean;
    on?: GlassEvent;
    change: (details: ReviewDetails, now: Date) => ReviewDetails;
    event: GlassEventType;
    data: Readonly<Record<string, string | Record<string, string>>>;
  },
) {
  return onCurrent(context, id, async (glass) => {
    const request = asReview(glass);
    const on = step.on ?? 'edit';
    if (machine.next(request.state, on) === null) return alreadyResolved(request);
    const now = context.clock.now();
    const { action, readSeal } = step;
    const decision = await judgeAct(context, request, {
      action,
      now,
      actor: ask.by,
      ...(readSeal !== undefined && { readSeal }),
    });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { by: ask.by, input: ask.input, what: 'review', now, decision });
    if (step.isStale?.(request.details)) return refused('break-glass.edited_meanwhile', CHANGED);
    const isEnd = on === 'sign_off';
    const details = step.change(request.details, now);
    return transition(context, request, {
      on,
      details,
      dueAt: isEnd ? null : dueOf(details),
      at: now,
      decision,
      input: ask.input,
      event: { type: step.event, actor: ask.by, data: step.data },
      also: isEnd ? await wakeParent(context, request, now) : [],
      effects: isEnd ? itIsOver({ requestId: id, alert: OVERDUE }, request.details.escalations) : [],
    });
  });
}

const CHANGED =
  'Somebody else saved this record while you wrote. Copy your words, close this form and open it again to see theirs.';

const OVERDUE = 'break-glass.review_overdue';

/** Five working days are over: told to everybody, each working day anew, and own words no longer open this system. */
export const escalate: Step<GlassState, Details> = (context, glass) => {
  const request = asReview(glass);
  const now = context.clock.now();
  const { dueBy, escalations } = request.details;
  const system = namesOf(context.policy.organisation).system(request.details.system);
  const escalateAt = addWorkingDays(now, 1).toISOString();
  const details = { ...request.details, escalations: escalations + 1, escalateAt };
  return transition(context, request, {
    on: 'overdue',
    details,
    dueAt: dueOf(details),
    at: now,
    decision: oblige({
      rule: 'break-glass.review_overdue',
      message: 'A use of break-glass is reviewed within five working days.',
      basis: { request: request.id, dueBy },
    }),
    event: { type: 'break-glass.review_overdue', actor: { process: 'worker' }, data: { dueBy } },
    effects: tellAnew(
      alertEffect(request.id, {
        alert: OVERDUE,
        text: `The review of the break-glass use on ${system} (#${request.number}) is overdue. Until it is signed off, nobody can use break-glass on ${system} on their own word.`,
      }),
      escalations,
    ),
  });
};
