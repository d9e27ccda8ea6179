import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import { isActiveAt, type Organisation } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { describePrincipals, holdersOf, readFrozen } from '../principal-facts.js';
import { findSystem } from '../systems.js';
import { OWED } from './machine.js';
import { isComplete, sealOf, standInSeal } from './record.js';
import type { Basis, Justification, Review, Use, UseDetails } from './schemas.js';
import { asJustification, asReview, list, UNDER_WAY } from './stored.js';

export type Action =
  | 'use'
  | 'check_out'
  | 'show'
  | 'end'
  | 'justify'
  | 'stand_in'
  | 'confirm_stand_in'
  | 'edit'
  | 'take_review'
  | 'settle'
  | 'sign_off'
  | 'contain'
  | 'read';

/** On what ground a use is asked for, how bad it is said to be, and in what words. */
export interface Terms {
  basis: Basis['kind'];
  severity: UseDetails['severity'];
  what: string;
  confirmed: boolean;
}

type System = Organisation['systems'][number];

/** Whom a use alerts. */
const ALERTED_ROLE = 'codex-hps';
const MANY = 500;

/**
 * Who of the alerted role is told, and may own the review: nobody who has left or is frozen, and whom Slack reaches before
 * whom it does not.
 */
export async function alertedBy(context: VerbContext, now: Date): Promise<PrincipalId[]> {
  const alerted = await withPower(context, now, holdersOf(context, [ALERTED_ROLE]));
  return alerted.sort(
    (one, other) => Number(isReachable(context, other)) - Number(isReachable(context, one)),
  );
}

/** Without an account in Slack they hear nothing in person, and a service never does. */
const isReachable = ({ policy }: VerbContext, id: PrincipalId): boolean =>
  policy.organisation.people.some(
    ({ id: known, kind, identities }) =>
      known === id && kind !== 'service' && (identities.slack ?? []).length > 0,
  );

/** Those of them whose account has any power now. */
export async function withPower(
  context: VerbContext,
  now: Date,
  ids: readonly PrincipalId[],
): Promise<PrincipalId[]> {
  const frozen = new Set((await readFrozen(context)).map(({ person }) => person));
  const active = context.policy.organisation.people.filter((person) => isActiveAt(person, now));
  return ids.filter((id) => !frozen.has(id) && active.some((person) => person.id === id));
}

/**
 * The one place that builds policy input for break-glass. People stand as the organisation's files say, since a use has to
 * work while nobody outside answers; who begins one is looked up in Slack too, and is no guest there where Slack says so.
 */
export async function buildFacts(
  context: VerbContext,
  ask: {
    action: Action;
    now: Date;
    actor: PrincipalId;
    system: string;
    user: PrincipalId;
    terms?: Terms;
    use?: Use;
    review?: Review;
    justification?: Justification;
    /** Of the review, or of the words, as the one who agrees to them read them. */
    readSeal?: string;
  },
): Promise<Json> {
  const { now, terms, use, review } = ask;
  const standIn = ask.justification?.details.standIn ?? null;
  const system = findSystem(context, ask.system);
  const asFiled = () => describePrincipals(context, now, []);
  const principal = await (ask.action === 'use'
    ? describePrincipals(context, now, [ask.actor]).catch(asFiled)
    : asFiled());
  return {
    action: ask.action,
    now_ms: now.getTime(),
    tenant: context.tenant,
    actor: principal(ask.actor),
    user: principal(ask.user),
    system: system === undefined ? null : systemFacts(system),
    alerted: (await alertedBy(context, now)).map((id) => ({
      principal: principal(id),
      reachable: isReachable(context, id),
    })),
    open_before: await openBefore(context, ask),
    overdue_justifications: (await overdueOf(context, ask.user, now)).length,
    overdue_reviews: (await overdueReviewsOf(context, ask.system, now)).length,
    terms:
      terms === undefined
        ? null
        : {
            basis: terms.basis,
            severity: terms.severity,
            what_length: [...terms.what].length,
            confirmed: terms.confirmed,
          },
    use:
      use === undefined
        ? null
        : {
            state: use.state,
            ends_at_ms: use.details.window?.expiresAt ? Date.parse(use.details.window.expiresAt) : null,
          },
    review:
      review === undefined
        ? null
        : {
            state: review.state,
            owner: principal(review.details.owner),
            complete: isComplete(review.details.record),
            as_read: ask.readSeal === sealOf(review.details),
            rotated: review.details.drift !== null,
            unsettled: (review.details.drift ?? []).filter((line) => line.settled === null).length,
          },
    stand_in:
      standIn === null
        ? null
        : { author: principal(standIn.by), as_read: ask.readSeal === standInSeal(standIn) },
  };
}

/** Their uses of this system that are opening or open and were asked for before this one. */
async function openBefore(
  context: VerbContext,
  ask: { user: PrincipalId; system: string; use?: Use },
): Promise<number> {
  const held = await list(context, { requester: ask.user, states: UNDER_WAY, take: MANY });
  return held.filter(
    ({ number, details }) =>
      details.system === ask.system && (ask.use === undefined || number < ask.use.number),
  ).length;
}

/**
 * Late by the clock, whether or not the timer has said so yet; once said, whatever the clock says later, and whatever others
 * wrote in their place.
 */
export async function overdueOf(context: VerbContext, user: PrincipalId, now: Date) {
  const open = await list(context, { requester: user, states: OWED, take: MANY });
  return open
    .map(asJustification)
    .filter(({ state, details }) => state !== 'justification_due' || isPast(details.deadline, now));
}

async function overdueReviewsOf(context: VerbContext, system: string, now: Date) {
  const open = await list(context, { states: ['review_open', 'review_overdue'], take: MANY });
  return open
    .map(asReview)
    .filter(({ details }) => details.system === system)
    .filter(({ state, details }) => state === 'review_overdue' || isPast(details.dueBy, now));
}

const isPast = (instant: string | null, now: Date): boolean =>
  instant !== null && Date.parse(instant) < now.getTime();

const systemFacts = (system: System): Json => ({
  id: system.id,
  owner_team: system.ownerTeam,
  approver_roles: system.approverRoles,
  user_roles: [...new Set([...system.requesterRoles, ...system.approverRoles])],
  break_glass:
    system.breakGlass === undefined
      ? null
      : {
          maximum_minutes: system.breakGlass.maximumMinutes,
          self_declared: system.breakGlass.selfDeclared,
          self_declared_severities: system.breakGlass.selfDeclaredSeverities,
        },
});
