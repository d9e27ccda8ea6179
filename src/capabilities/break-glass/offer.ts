import type { PrincipalId } from '../../core/tenant.js';
import type { Organisation } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { rolesOf } from '../principal-facts.js';
import { usesOut } from './accounts.js';

interface Choice {
  text: string;
  value: string;
}

/** Systems with emergency accounts that this person's roles reach. Policy decides again when they submit. */
function systemsFor(context: Pick<VerbContext, 'policy'>, by: PrincipalId): Organisation['systems'] {
  const roles = rolesOf(context, by);
  return context.policy.organisation.systems.filter(
    (system) =>
      system.breakGlass !== undefined &&
      [...system.requesterRoles, ...system.approverRoles].some((role) => roles.includes(role)),
  );
}

export const systemChoices = (context: Pick<VerbContext, 'policy'>, by: PrincipalId): Choice[] =>
  systemsFor(context, by).map(({ title, id }) => ({ text: `${title} (${id})`, value: id }));

/** The uses of those systems that have an account, each of which can be taken over. */
export async function takeOverChoices(context: VerbContext, by: PrincipalId): Promise<Choice[]> {
  const names = namesOf(context.policy.organisation);
  const within = new Set(systemsFor(context, by).map(({ id }) => id));
  return (await usesOut(context))
    .filter(({ details }) => within.has(details.system))
    .map(({ id, number, requester, details: { system, account } }) => ({
      text: `#${number} ${names.person(requester)} · ${system} · ${account}`,
      value: id,
    }));
}
