import type { Json } from '../core/canonical.js';
import type { PrincipalId } from '../core/tenant.js';
import { isActiveAt, powerEndsAt } from '../policy/index.js';
import { readHandles, type StoredVote } from '../store/index.js';
import type { Directory, VerbContext } from './define.js';

type Standing = Awaited<ReturnType<Directory['standing']>>;

/** Held while this account has no power; its holder is the freeze. */
export const frozenHandle = (person: string): string => `frozen:${person}`;

/** Everyone whose account is frozen, by the handle's own order: who was frozen first. */
export async function readFrozen(context: VerbContext): Promise<{ person: string; freeze: string }[]> {
  const prefix = frozenHandle('');
  const held = await readHandles(context.store, context.tenant, prefix);
  return held.map(({ handle, holder }) => ({ person: handle.slice(prefix.length), freeze: holder }));
}

/**
 * How policy input describes people: as the organisation's files say, corrected by Slack's own answer for those in `fresh`,
 * who decide or receive right now (rule 4). Frozen accounts, and whoever the files do not name, are inactive.
 * @throws CountersignError `directory_unreachable`.
 */
export async function describePrincipals(
  context: VerbContext,
  now: Date,
  fresh: readonly PrincipalId[],
): Promise<(id: PrincipalId) => Json> {
  const asked = [...new Set(fresh)].map(async (id) => [id, await context.directory.standing(id)] as const);
  const [frozen, ...answers] = await Promise.all([readFrozen(context), ...asked]);
  const standings = new Map(answers);
  const isFrozen = new Set(frozen.map(({ person }) => person));
  return (id) =>
    describe(context, id, now, isFrozen.has(id) ? 'deactivated' : (standings.get(id) ?? 'active'));
}

/** The same as the organisation's files alone have it: for what is offered, never for what is decided. */
export const describeAsFiled = (context: Pick<VerbContext, 'policy'>, id: PrincipalId, now: Date): Json =>
  describe(context, id, now, 'active');

function describe(
  context: Pick<VerbContext, 'policy'>,
  id: PrincipalId,
  now: Date,
  standing: Standing,
): Json {
  const person = context.policy.organisation.people.find((candidate) => candidate.id === id);
  if (person === undefined)
    return { id, kind: 'person', active: false, guest: true, roles: [], teams: [], ends_at_ms: null };
  return {
    id,
    kind: person.kind,
    active: isActiveAt(person, now) && standing !== 'deactivated',
    guest: standing === 'guest',
    roles: person.roles,
    teams: person.teams,
    /** Until when this account has any power; nothing is given for longer. */
    ends_at_ms: powerEndsAt(person)?.getTime() ?? null,
  };
}

/** Votes as policy counts them: who, what, and whether on the terms as they stand now (rule 5). */
export const describeVotes = (
  votes: readonly StoredVote[],
  seal: string,
  principal: (id: PrincipalId) => Json,
): Json =>
  votes.map((vote) => ({
    principal: principal(vote.principal),
    verdict: vote.verdict,
    seal_matches: vote.seal === seal,
  }));

/** The roles the organisation gives somebody; none to whom it does not name. */
export const rolesOf = (context: Pick<VerbContext, 'policy'>, person: PrincipalId): readonly string[] =>
  context.policy.organisation.people.find(({ id }) => id === person)?.roles ?? [];

/** Everyone the organisation gives one of these roles: who might approve, if policy agrees. */
export const holdersOf = (context: Pick<VerbContext, 'policy'>, roles: readonly string[]): PrincipalId[] =>
  context.policy.organisation.people
    .filter((person) => person.roles.some((role) => roles.includes(role)))
    .map((person) => person.id);
