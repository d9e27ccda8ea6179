import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { Organisation } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { describePrincipals, holdersOf } from '../principal-facts.js';
import { findSystem } from '../systems.js';
import { isComplete } from './record.js';
import type { Basis, Review, Use } from './schemas.js';
import { asJustification, asReview, list } from './stored.js';

export type Action =
  | 'use'
  | 'check_out'
  | 'show'
  | 'end'
  | 'justify'
  | 'edit'
  | 'take_review'
  | 'settle'
  | 'sign_off'
  | 'contain'
  | 'read';

/** On what ground a use is asked for, and in what words. */
export interface Terms {
  basis: Basis['kind'];
  what: string;
  confirmed: boolean;
}

type System = Organisation['systems'][number];

/** Whom a use alerts. */
const ALERTED_ROLE = 'codex-hps';
const MANY = 500;

export const alertedBy = (context: VerbContext): PrincipalId[] => holdersOf(context, [ALERTED_ROLE]);

/**
 * The one place that builds policy input for break-glass. It asks nobody outside who stands how: a use has to work while
 * the identity provider, GitHub and every approver are away, so people stand as the organisation's files say.
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
  },
): Promise<Json> {
  const { now, terms, use, review } = ask;
  const system = findSystem(context, ask.system);
  const principal = await describePrincipals(context, now, []);
  return {
    action: ask.action,
    now_ms: now.getTime(),
    tenant: context.tenant,
    actor: principal(ask.actor),
    user: principal(ask.user),
    system: system === undefined ? null : systemFacts(system),
    alerted: alertedBy(context).map(principal),
    overdue_justifications: (await overdueOf(context, ask.user, now)).length,
    overdue_reviews: (await overdueReviewsOf(context, ask.system, now)).length,
    terms:
      terms === undefined
        ? null
        : { basis: terms.basis, what_length: [...terms.what].length, confirmed: terms.confirmed },
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
            rotated: review.details.drift !== null,
            unsettled: (review.details.drift ?? []).filter((line) => line.settled === null).length,
          },
  };
}

/** Late by the clock, whether or not the timer has said so yet; and once said, whatever the clock says later. */
export async function overdueOf(context: VerbContext, user: PrincipalId, now: Date) {
  const open = await list(context, {
    requester: user,
    states: ['justification_due', 'justification_overdue'],
    take: MANY,
  });
  return open
    .map(asJustification)
    .filter(({ state, details }) => state === 'justification_overdue' || isPast(details.deadline, now));
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
        },
});
