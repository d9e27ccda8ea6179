import type { PrincipalId } from '../../core/tenant.js';
import { isActiveAt, type Policy } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { valueOfTarget } from '../systems.js';
import { factsAtBest } from './facts.js';
import { ENTRYPOINT } from './stored.js';

export type OfferContext = Pick<VerbContext, 'policy' | 'clock'>;

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

/** What this person could be let have of what there is, by system: no way of filling in the form makes up for a refusal here. */
export function requestableScopes(
  context: OfferContext,
  by: PrincipalId,
  subject: PrincipalId = by,
): OfferedScope[] {
  return everyScope(context).filter((scope) => refusalOf(context, { by, subject, ...scope }) === null);
}

export const everyScope = ({ policy }: OfferContext): OfferedScope[] =>
  policy.organisation.systems.flatMap((system) =>
    system.scopes.map((scope) => ({
      target: `${system.id}/${scope.id}`,
      label: `${system.title}: ${scope.title}`,
      system: system.id,
      scope: scope.id,
      defaultMinutes: system.defaultMinutes,
      repository: scope.change?.repository ?? null,
    })),
  );

type Whose = { by: PrincipalId; subject: PrincipalId; system: string; scope: string };

/**
 * Why policy refuses this whatever else is said of it, in its own words; null where it does not. Rules that cannot be
 * read say so at Submit: nothing is left out for them.
 */
export function refusalOf(context: OfferContext, { by, subject, system, scope }: Whose): string | null {
  const now = context.clock.now();
  const earlier = answersOf(context.policy, now);
  const key = [by, subject, system, scope].join(' ');
  const known = earlier.get(key);
  if (known !== undefined) return known;
  const facts = factsAtBest(context, now, { requester: by, subject, system, scope });
  const { effect, reasons } = context.policy.decide(ENTRYPOINT, facts);
  if (reasons.some(({ rule }) => rule === 'policy.unavailable')) return null;
  const isRefused = effect !== 'require_hitl' && effect !== 'allow';
  const refusal = isRefused ? reasons.map(({ message }) => message).join(' ') : null;
  earlier.set(key, refusal);
  return refusal;
}

/** A form asks of every scope there is, and the answers rest on the policy's files and the day alone. */
const answers = new WeakMap<Policy, { day: string; refusals: Map<string, string | null> }>();

function answersOf(policy: Policy, now: Date): Map<string, string | null> {
  const day = now.toISOString().slice(0, 10);
  const known = answers.get(policy);
  if (known?.day === day) return known.refusals;
  const refusals = new Map<string, string | null>();
  answers.set(policy, { day, refusals });
  return refusals;
}

/** Whom else this can be asked for; where nothing is chosen yet, everyone whose roles may have some of what there is. */
export function possibleSubjects(
  context: OfferContext,
  by: PrincipalId,
  target: Pick<OfferedScope, 'system' | 'scope'> | null,
): { id: PrincipalId; name: string }[] {
  const { people, systems } = context.policy.organisation;
  const now = context.clock.now();
  const reached = systems.filter(({ id }) => target === null || id === target.system);
  const roles = new Set(reached.flatMap((system) => system.requesterRoles));
  return people
    .filter((person) => isActiveAt(person, now) && person.id !== by && person.kind !== 'service')
    .filter((person) => person.roles.some((role) => roles.has(role)))
    .filter(({ id }) => target === null || refusalOf(context, { ...target, by, subject: id }) === null)
    .map(({ id, name }) => ({ id, name }));
}

/** The system and scope of such a value; one that nothing offers is split as it is, for policy to refuse. */
export function targetOfValue(scopes: readonly OfferedScope[], value: string) {
  const found = scopes.find(({ target }) => valueOfTarget(target) === value);
  const [system = '', scope = ''] = value.split('/');
  return found ?? { system, scope };
}
