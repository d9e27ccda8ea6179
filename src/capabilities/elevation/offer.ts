import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { valueOfTarget } from '../systems.js';

type Context = Pick<VerbContext, 'policy'>;

export interface OfferedScope {
  /** `<system>/<scope>` */
  target: string;
  label: string;
  system: string;
  scope: string;
  defaultMinutes: number;
  /** The repository of which it deploys a commit, or null. */
  repository: string | null;
}

/** What no contractor is let near, whoever approves. */
const CUSTOMERS_OWN = ['customer-data', 'customer-content'];

/** The scopes this person's roles let them ask for, by system. Policy decides again when they ask. */
export function requestableScopes(context: Context, by: PrincipalId): OfferedScope[] {
  const { people, systems } = context.policy.organisation;
  const asker = people.find(({ id }) => id === by);
  return systems
    .filter((system) => system.requesterRoles.some((role) => asker?.roles.includes(role)))
    .filter(({ category }) => asker?.kind !== 'contractor' || !CUSTOMERS_OWN.includes(category))
    .flatMap((system) =>
      system.scopes.map((scope) => ({
        target: `${system.id}/${scope.id}`,
        label: `${system.title}: ${scope.title}`,
        system: system.id,
        scope: scope.id,
        defaultMinutes: system.defaultMinutes,
        repository: scope.change?.repository ?? null,
      })),
    );
}

/** Whom else access can be asked for: everyone in use whose roles may have some. */
export function possibleSubjects(context: Context, by: PrincipalId): { id: PrincipalId; name: string }[] {
  const { people, systems } = context.policy.organisation;
  const roles = new Set(systems.flatMap((system) => system.requesterRoles));
  return people
    .filter((person) => person.active && person.id !== by && person.kind !== 'service')
    .filter((person) => person.roles.some((role) => roles.has(role)))
    .map(({ id, name }) => ({ id, name }));
}

/** The system and scope of such a value; one that nothing offers is split as it is, for policy to refuse. */
export function targetOfValue(offered: readonly OfferedScope[], value: string) {
  const found = offered.find(({ target }) => valueOfTarget(target) === value);
  const [system = '', scope = ''] = value.split('/');
  return found ?? { system, scope };
}
