import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import { isActiveAt, type Organisation } from '../../policy/index.js';
import type { StoredVote } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import type { Elevation } from './schemas.js';

export type Action = 'request' | 'vote' | 'execute' | 'reveal' | 'end';

/** What is asked for; the same members a seal covers, before it is sealed. */
export interface Terms {
  requester: PrincipalId;
  subject: PrincipalId;
  system: string;
  scope: string;
  durationMinutes: number;
  reason: string;
}

type System = Organisation['systems'][number];
type Scope = System['scopes'][number];

export const findSystem = (context: VerbContext, id: string): System | undefined =>
  context.policy.organisation.systems.find((system) => system.id === id);

export const findScope = (system: System | undefined, id: string): Scope | undefined =>
  system?.scopes.find((scope) => scope.id === id);

/**
 * The one place that builds policy input for an elevation. A system or scope nobody defined is null there, and policy
 * refuses null. Standing in Slack is asked afresh for whoever decides or receives (rule 4).
 * @throws CountersignError `directory_unreachable`.
 */
export async function buildFacts(
  context: VerbContext,
  ask: {
    action: Action;
    now: Date;
    actor: PrincipalId;
    terms: Terms;
    request: Elevation | null;
    votes?: readonly StoredVote[];
  },
): Promise<Json> {
  const { action, now, terms, request } = ask;
  const system = findSystem(context, terms.system);
  const votes = ask.votes ?? request?.votes ?? [];
  const fresh = await freshStanding(context, action, ask.actor, terms, votes);
  const principal = (id: PrincipalId): Json => principalFacts(context, id, now, fresh);
  return {
    action,
    now_ms: now.getTime(),
    tenant: context.tenant,
    actor: principal(ask.actor),
    requester: principal(terms.requester),
    subject: principal(terms.subject),
    system: system === undefined ? null : systemFacts(system),
    scope: scopeFacts(findScope(system, terms.scope), system),
    duration_minutes: terms.durationMinutes,
    reason_length: [...terms.reason].length,
    candidates: approverCandidates(context, system).map(principal),
    request:
      request === null
        ? null
        : {
            state: request.state,
            ends_at_ms: request.details.grant?.expiresAt ? Date.parse(request.details.grant.expiresAt) : null,
            votes: votes.map((vote) => ({
              principal: principal(vote.principal),
              verdict: vote.verdict,
              seal_matches: vote.seal === request.details.seal,
            })),
          },
  };
}

async function freshStanding(
  context: VerbContext,
  action: Action,
  actor: PrincipalId,
  terms: Terms,
  votes: readonly StoredVote[],
): Promise<ReadonlyMap<PrincipalId, 'active' | 'deactivated' | 'guest'>> {
  const asked = new Set<PrincipalId>();
  if (action === 'vote') asked.add(actor);
  if (action === 'execute')
    for (const id of [terms.subject, ...votes.map((vote) => vote.principal)]) asked.add(id);
  return new Map(
    await Promise.all([...asked].map(async (id) => [id, await context.directory.standing(id)] as const)),
  );
}

function principalFacts(
  context: VerbContext,
  id: PrincipalId,
  now: Date,
  fresh: ReadonlyMap<PrincipalId, 'active' | 'deactivated' | 'guest'>,
): Json {
  const person = context.policy.organisation.people.find((candidate) => candidate.id === id);
  if (person === undefined) return { id, kind: 'person', active: false, guest: true, roles: [], teams: [] };
  const standing = fresh.get(id) ?? 'active';
  return {
    id,
    kind: person.kind,
    active: isActiveAt(person, now) && standing !== 'deactivated',
    guest: standing === 'guest',
    roles: person.roles,
    teams: person.teams,
  };
}

const systemFacts = (system: System): Json => ({
  id: system.id,
  kind: system.kind,
  department: system.department,
  owner_team: system.ownerTeam,
  maximum_minutes: system.maximumMinutes,
  required_approvals: system.requiredApprovals,
  approver_roles: system.approverRoles,
  requester_roles: system.requesterRoles,
});

const scopeFacts = (scope: Scope | undefined, system: System | undefined): Json =>
  scope === undefined || system === undefined
    ? null
    : {
        id: scope.id,
        destructive: scope.destructive,
        maximum_minutes: scope.maximumMinutes ?? system.maximumMinutes,
        privileges: scope.privileges,
      };

const approverCandidates = (context: VerbContext, system: System | undefined): PrincipalId[] =>
  context.policy.organisation.people
    .filter((person) => person.roles.some((role) => system?.approverRoles.includes(role)))
    .map((person) => person.id);
