import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import { readAbsences } from '../absences.js';
import type { VerbContext } from '../define.js';
import { describePrincipals } from '../principal-facts.js';
import { stageRoles } from '../systems.js';

/** Every role that approves somewhere, in a stage too. */
export const approverRoles = (context: Pick<VerbContext, 'policy'>): string[] => [
  ...new Set(
    context.policy.organisation.systems.flatMap(({ id, approverRoles: roles, scopes }) => [
      ...roles,
      ...scopes.flatMap((scope) => stageRoles(context, id, scope.id).flat()),
    ]),
  ),
];

/**
 * The one place that builds policy input for an absence.
 * @throws CountersignError `directory_unreachable`.
 */
export async function buildFacts(
  context: VerbContext,
  ask: {
    action: 'begin' | 'end';
    now: Date;
    actor: PrincipalId;
    person: PrincipalId;
    delegate: PrincipalId | null;
  },
): Promise<Json> {
  const { action, now, actor, person, delegate } = ask;
  const [principal, absences] = await Promise.all([
    describePrincipals(context, now, action === 'begin' && delegate !== null ? [delegate] : []),
    readAbsences(context, now),
  ]);
  return {
    action,
    now_ms: now.getTime(),
    tenant: context.tenant,
    actor: principal(actor),
    person: principal(person),
    delegate: delegate === null ? null : principal(delegate),
    approver_roles: approverRoles(context),
    away: absences.map((absence) => absence.person),
  };
}
