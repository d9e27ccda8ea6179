import { addMinutes } from 'date-fns/addMinutes';
import { addSeconds } from 'date-fns/addSeconds';
import { canonicalDigest } from '../../core/canonical.js';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import { reasonDigest } from '../../core/seal.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { type Decision, isEffect, refusal } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { clearRefusal } from '../refusals.js';
import { findSystem } from '../systems.js';
import { type Place, placeFor } from './accounts.js';
import { alertedBy, buildFacts } from './facts.js';
import { type Basis, type Details, type UseDetails, UseInput } from './schemas.js';
import { ENTRYPOINT, openingOf } from './stored.js';
import { verifiedBasis } from './verified-basis.js';
import { windowOf } from './window.js';
import { alertEffect } from './words.js';
import { addWorkingDays } from './working-days.js';

/** The credential waits so long for a channel to take the alert; then it goes as self-declared. */
export const ALERT_SECONDS = 15;
const REVIEW_WORKING_DAYS = 5;

interface Ask {
  by: PrincipalId;
  input: string;
  asked: UseInput;
}

/**
 * Opens the loop: the use, its justification and its review in one commit, with the alert that goes before any
 * credential. No use without them exists.
 */
export async function use(context: VerbContext, ask: Ask) {
  const now = context.clock.now();
  const asked = UseInput.parse(ask.asked);
  const { system, incident, severity } = asked;
  const basis = await verifiedBasis(context, { system, user: ask.by, named: incident });
  const decision = await decide(context, { by: ask.by, asked, basis, now });
  if (!isEffect(decision, 'allow'))
    return refuse(context.store, {
      tenant: context.tenant,
      at: now,
      input: ask.input,
      decision: clearRefusal(decision, 'break-glass.unclear'),
      event: {
        type: 'break-glass.use_refused',
        requestId: null,
        actor: ask.by,
        data: { system, incident, severity, basis: basis.kind },
      },
    });
  const attempt = async () => {
    const place = await placeFor(context, { by: ask.by, system, takeOver: asked.takeOver, now });
    return place.ok ? open(context, { ...ask, asked, now, decision, basis, place: place.value }) : place;
  };
  const first = await attempt();
  // Somebody else took the account a moment ago: the other one is still there.
  return !first.ok && first.code === 'handle_taken' ? attempt() : first;
}

async function decide(
  context: VerbContext,
  { by, asked, basis, now }: { by: PrincipalId; asked: UseInput; basis: Basis; now: Date },
): Promise<Decision> {
  if (findSecret(asked.what) !== null || findSecret(asked.incident) !== null)
    return refusal(
      'break-glass.what_holds_secret',
      'This seems to hold a secret. Take it out, and rotate it if it is real.',
    );
  const { system, what } = asked;
  const typed = asked.confirmation.trim().toLowerCase();
  const confirmed = typed === system || typed === findSystem(context, system)?.title.toLowerCase();
  const facts = await buildFacts(context, {
    action: 'use',
    now,
    actor: by,
    user: by,
    system,
    terms: { basis: basis.kind, what, confirmed },
  });
  return context.policy.decide(ENTRYPOINT, facts);
}

type Opening = Ask & { now: Date; decision: Decision<'allow'>; basis: Basis; place: Place };

async function open(context: VerbContext, opening: Opening) {
  const { by, input, now, decision, place } = opening;
  const ids = { use: newRequestId(), justification: newRequestId(), review: newRequestId() };
  const details = useDetails(context, opening, ids);
  const { system, account, incident, severity, what, basis, minutes, selfDeclared } = details;
  const dueBy = addWorkingDays(now, REVIEW_WORKING_DAYS);
  const whose = { requester: by, subject: by };
  const child = { actor: by, people: whose, data: { use: ids.use } };
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    input,
    decision,
    event: {
      type: 'break-glass.used',
      requestId: ids.use,
      actor: by,
      people: whose,
      personal: { what: { subject: by, text: what } },
      data: {
        system,
        account,
        incident,
        severity,
        minutes,
        selfDeclared,
        basis,
        takesOver: place.takenOver?.id ?? null,
      },
    },
    moreEvents: [
      { type: 'break-glass.justification_opened', requestId: ids.justification, ...child },
      { type: 'break-glass.review_opened', requestId: ids.review, ...child },
    ],
    changes: [
      openingOf({ ...whose, id: ids.use, details, dueAt: addSeconds(now, ALERT_SECONDS) }),
      openingOf({
        ...whose,
        id: ids.justification,
        parentId: ids.use,
        state: 'justification_waiting',
        details: justificationOf(details),
        dueAt: null,
      }),
      openingOf({
        ...whose,
        id: ids.review,
        parentId: ids.use,
        state: 'review_open',
        details: reviewOf(context, details, { by, now, dueBy }),
        dueAt: dueBy,
      }),
      ...place.end,
    ],
    ...(details.holdsAccount
      ? { take: [{ handle: place.handle, holder: ids.use, epoch: 1, exclusive: true }] }
      : {}),
    effects: [
      alertEffect(ids.use, {
        alert: 'break-glass.used',
        sink: 'webhook',
        text: `${namesOf(context.policy.organisation).person(by)} opened break-glass on ${system} (${account}) for ${incident}, until ${addMinutes(now, minutes).toISOString()} at the latest${selfDeclared ? ', SELF-DECLARED' : ''}: ${what}`,
      }),
    ],
  });
  if (!committed.ok) return refused(committed.code, WORDS[committed.code] ?? committed.message);
  return ok({ id: ids.use, number: committed.value.numbers[ids.use] ?? 0 });
}

const WORDS: Record<string, string> = {
  handle_taken: 'Somebody took that account a moment ago. Press Submit again for another.',
  lost_race: 'The use you take over has just changed. Press Submit again.',
};

function useDetails(
  context: VerbContext,
  { by, asked, now, decision, basis, place }: Opening,
  ids: { justification: RequestId; review: RequestId },
): UseDetails {
  const { minutes, selfDeclared } = windowOf(decision);
  const { system, incident, severity, what } = asked;
  const others = holdersOfSystem(context, system).filter((one) => one !== by);
  return {
    part: 'use',
    system,
    account: place.account,
    incident,
    severity,
    what,
    basis,
    selfDeclared,
    minutes,
    seal: canonicalDigest({
      domain: 'countersign-break-glass-v1',
      ...ids,
      user: by,
      system,
      account: place.account,
      minutes,
      what: reasonDigest(what),
    }),
    alerted: alertedBy(context).filter((one) => one !== by),
    alsoAlerted: others,
    alerts: [],
    openedAt: now.toISOString(),
    holdsAccount: place.takenOver === null,
    window: null,
    showings: [],
    end: null,
    failure: null,
    ...ids,
  };
}

const holdersOfSystem = (context: VerbContext, system: string): PrincipalId[] => {
  const roles = findSystem(context, system)?.approverRoles ?? [];
  return context.policy.organisation.people
    .filter((person) => person.active && person.roles.some((role) => roles.includes(role)))
    .map((person) => person.id);
};

const justificationOf = ({ system, seal }: UseDetails): Details => ({
  part: 'justification',
  system,
  seal,
  deadline: null,
  reminders: 0,
  overdueAt: null,
  texts: [],
});

/** Drafted with what is known; its first owner is somebody alerted, who is never the user. */
function reviewOf(
  context: VerbContext,
  { system, seal, what, severity, alerted }: UseDetails,
  { by, now, dueBy }: { by: PrincipalId; now: Date; dueBy: Date },
): Details {
  const owner = alerted[0] ?? holdersOfSystem(context, system).find((one) => one !== by);
  if (owner === undefined) throw new TypeError('policy let a use pass that alerts nobody');
  return {
    part: 'review',
    system,
    seal,
    owner,
    record: {
      severity: severity === 'sev-1' ? 'critical' : severity === 'sev-2' ? 'high' : 'medium',
      detectedAt: now.toISOString(),
      description: what,
      impact: '',
      remediation: '',
      prevention: '',
    },
    drift: null,
    timeline: [],
    dueBy: dueBy.toISOString(),
    escalatedAt: null,
    signedOff: null,
  };
}
