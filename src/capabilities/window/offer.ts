import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { rolesOf } from '../principal-facts.js';
import { valueOfTarget } from '../systems.js';

type Context = Pick<VerbContext, 'policy'>;

export interface OfferedTarget {
  system: string;
  scope: string;
  label: string;
  value: string;
}

/** The scopes that a window may be for, of the systems this person reaches. Policy decides again when they ask. */
export function offeredTargets(context: Context, by: PrincipalId): OfferedTarget[] {
  const roles = rolesOf(context, by);
  return context.policy.organisation.systems
    .filter((system) => system.windows !== undefined)
    .filter((system) =>
      [...system.requesterRoles, ...system.approverRoles].some((role) => roles.includes(role)),
    )
    .flatMap((system) =>
      system.scopes
        .filter((scope) => !scope.destructive && scope.change === undefined)
        .map((scope) => ({
          system: system.id,
          scope: scope.id,
          label: `${system.title}: ${scope.title}`,
          value: valueOfTarget(`${system.id}/${scope.id}`),
        })),
    );
}

/** Whom a window can name: active people whose roles may ask for one of those systems. */
export function offeredPeople(context: Context, by: PrincipalId): { id: PrincipalId; name: string }[] {
  const { people, systems } = context.policy.organisation;
  const offered = new Set(offeredTargets(context, by).map(({ system }) => system));
  const roles = new Set(
    systems.filter(({ id }) => offered.has(id)).flatMap((system) => system.requesterRoles),
  );
  return people
    .filter((person) => person.active && person.kind !== 'service')
    .filter((person) => person.roles.some((role) => roles.has(role)))
    .map(({ id, name }) => ({ id, name }));
}
