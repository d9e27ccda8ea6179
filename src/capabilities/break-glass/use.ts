import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { type Decision, isEffect, refusal } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { clearRefusal } from '../refusals.js';
import { findSystem } from '../systems.js';
import { placeFor } from './accounts.js';
import { alertedBy, buildFacts } from './facts.js';
import { type Ask, newLoop, type Opening, useDetails } from './new-loop.js';
import { type Basis, UseInput } from './schemas.js';
import { ENTRYPOINT, toldInTimeline } from './stored.js';
import { verifiedBasis } from './verified-basis.js';
import { alertEffect } from './words.js';

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
        data: {
          system,
          severity,
          basis: basis.kind,
          ...(findSecret(incident) === null && { incident }),
        },
      },
    });
  const alerted = (await alertedBy(context, now)).filter((one) => one !== ask.by);
  const attempt = async () => {
    const place = await placeFor(context, { by: ask.by, system, takeOver: asked.takeOver, now });
    if (!place.ok) return place;
    // Asking the sources and Slack took its time: the channels have theirs from here on.
    const openedAt = context.clock.now();
    return open(context, { ...ask, asked, now: openedAt, decision, basis, place: place.value, alerted });
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
  const { system, severity, what } = asked;
  const typed = asked.confirmation.trim().toLowerCase();
  const confirmed = typed === system || typed === findSystem(context, system)?.title.toLowerCase();
  const facts = await buildFacts(context, {
    action: 'use',
    now,
    actor: by,
    user: by,
    system,
    terms: { basis: basis.kind, severity, what, confirmed },
  });
  return context.policy.decide(ENTRYPOINT, facts);
}

async function open(context: VerbContext, opening: Opening) {
  const { by, input, now, decision, place } = opening;
  const names = namesOf(context.policy.organisation);
  const ids = { use: newRequestId(), justification: newRequestId(), review: newRequestId() };
  const details = useDetails(context, opening, ids);
  const { system, account, incident, severity, what, basis, minutes, selfDeclared } = details;
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
    changes: [...newLoop(opening, ids, details), ...place.end],
    ...(details.holdsAccount
      ? { take: [{ handle: place.handle, holder: ids.use, epoch: 1, exclusive: true }] }
      : {}),
    effects: [
      toldInTimeline({ id: ids.use, details }),
      alertEffect(ids.use, {
        alert: 'break-glass.used',
        sink: 'webhook',
        text: `${names.person(by)} opened break-glass on ${names.system(system)} (${account}) for ${incident}, for ${minutes} minutes from when the account is open${selfDeclared ? ', SELF-DECLARED' : ''}: ${what}`,
      }),
    ],
  });
  if (!committed.ok) return refused(committed.code, WORDS[committed.code] ?? committed.message);
  return ok({ id: ids.use, number: committed.value.numbers[ids.use] ?? 0 });
}

const WORDS: Record<string, string> = {
  handle_taken: 'Somebody took that account a moment ago. Press *Break Glass* again for another.',
  lost_race: 'The use you take over has just changed. Press *Break Glass* again.',
};
