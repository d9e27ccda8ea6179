import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';

export interface OfferedScope {
  /** `<system>/<scope>` */
  target: string;
  label: string;
  system: string;
  scope: string;
  defaultMinutes: number;
}

/** The scopes this person's roles let them ask for, by system. Policy decides again when they ask. */
export function requestableScopes(context: Pick<VerbContext, 'policy'>, by: PrincipalId): OfferedScope[] {
  const { people, systems } = context.policy.organisation;
  const roles = people.find((person) => person.id === by)?.roles ?? [];
  return systems
    .filter((system) => system.requesterRoles.some((role) => roles.includes(role)))
    .flatMap((system) =>
      system.scopes.map((scope) => ({
        target: `${system.id}/${scope.id}`,
        label: `${system.title}: ${scope.title}`,
        system: system.id,
        scope: scope.id,
        defaultMinutes: system.defaultMinutes,
      })),
    );
}
