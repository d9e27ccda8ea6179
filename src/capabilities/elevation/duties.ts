import type { Json } from '../../core/canonical.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { rolesOf } from '../principal-facts.js';
import { list } from './stored.js';

/** More than one person holds at once. */
const TAKE = 200;
/** From the approval until the end is proved. */
const HELD = ['approved', 'executing', 'active', 'ending', 'revoke_unproven'] as const;

/** What somebody has, standing and granted, beside what they ask for, and what of it may not come together. */
export async function readDuties(
  context: VerbContext,
  ask: { subject: PrincipalId; system: string; scope: string; self: RequestId | null },
): Promise<Json> {
  const grants = await list(context, { subject: ask.subject, states: HELD, take: TAKE });
  const granted = grants
    .filter(({ id }) => id !== ask.self)
    .map(({ details }) => `${details.system}:${details.scope}`);
  return dutiesBeside(context, ask, granted);
}

/** The same of somebody who was granted these things, as `system:scope`, beside what they have standing. */
export function dutiesBeside(
  context: Pick<VerbContext, 'policy'>,
  ask: { subject: PrincipalId; system: string; scope: string },
  granted: readonly string[],
): Json {
  const { roles, conflicts } = context.policy.organisation;
  const own = rolesOf(context, ask.subject);
  return {
    wanted: `${ask.system}:${ask.scope}`,
    held: [
      ...own.map((role) => `role:${role}`),
      ...roles.filter((role) => own.includes(role.id)).flatMap((role) => role.entitlements),
      ...granted,
    ],
    conflicts: conflicts.map(({ title, between }) => ({
      title,
      between: between.map((id) => ({ id, title: titleOf(context, id) })),
    })),
  };
}

function titleOf({ policy }: Pick<VerbContext, 'policy'>, thing: string): string {
  const [at, id] = thing.split(':');
  const { roles, systems } = policy.organisation;
  if (at === 'role') return `the role ${roles.find((role) => role.id === id)?.title ?? thing}`;
  const system = systems.find((candidate) => candidate.id === at);
  const scope = system?.scopes.find((candidate) => candidate.id === id);
  return scope === undefined ? thing : `${scope.title} on ${system?.title}`;
}
