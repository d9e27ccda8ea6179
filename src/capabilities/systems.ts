import { type Json, sha256Hex } from '../core/canonical.js';
import type { PrincipalId } from '../core/tenant.js';
import { admitsOwnAccounts, loginAt, type Organisation } from '../policy/index.js';
import type { VerbContext } from './define.js';

type Context = Pick<VerbContext, 'policy'>;
type System = Organisation['systems'][number];
type Scope = System['scopes'][number];

export const findSystem = (context: Context, id: string): System | undefined =>
  context.policy.organisation.systems.find((system) => system.id === id);

export const findScope = (system: System | undefined, id: string): Scope | undefined =>
  system?.scopes.find((scope) => scope.id === id);

/** The subject's own account at the system, where it admits such; they are let in by it and by no other. */
export const loginOf = (context: Context, subject: PrincipalId, system: System | undefined): string | null =>
  system === undefined
    ? null
    : loginAt(
        context.policy.organisation.people.find((person) => person.id === subject),
        system.kind,
      );

/** The roles of each stage, in turn, as the organisation names them now. */
export function stageRoles(context: Context, systemId: string, scopeId: string): string[][] {
  const system = findSystem(context, systemId);
  const stages = findScope(system, scopeId)?.stages ?? system?.stages;
  return stages?.map(({ roles }) => roles) ?? [system?.approverRoles ?? []];
}

/** A system as policy input; one nobody defined is null there, and policy refuses null. */
export const systemFacts = (system: System | undefined): Json =>
  system === undefined
    ? null
    : {
        id: system.id,
        kind: system.kind,
        category: system.category,
        admits_own_accounts: admitsOwnAccounts(system.kind),
        department: system.department,
        owner_team: system.ownerTeam,
        maximum_minutes: system.maximumMinutes,
        required_approvals: system.requiredApprovals,
        approver_roles: system.approverRoles,
        ticket: system.ticket,
        requester_roles: system.requesterRoles,
        windows:
          system.windows === undefined
            ? null
            : { maximum_days: system.windows.maximumDays, maximum_uses: system.windows.maximumUses },
      };

export const scopeFacts = (scope: Scope | undefined, system: System | undefined): Json =>
  scope === undefined || system === undefined
    ? null
    : {
        id: scope.id,
        destructive: scope.destructive,
        deploys: scope.change !== undefined,
        stages: scope.stages ?? system.stages ?? [],
        maximum_minutes: scope.maximumMinutes ?? system.maximumMinutes,
        privileges: scope.privileges,
      };

/** Only a source says that a ticket is open; none, a silent one and a missing ticket do not (rule 15). */
export async function ticketFacts(
  context: VerbContext,
  ticket: string | null,
  system: System | undefined,
): Promise<Json> {
  if (ticket === null) return null;
  const asked = system?.ticket === 'verified' ? await context.sources.tickets?.status(ticket) : undefined;
  return { status: asked ?? 'unknown' };
}

/** A Slack option's value for `<system>/<scope>`: itself, or its digest where that is longer than Slack allows. */
export const valueOfTarget = (target: string): string =>
  target.length <= 75 ? target : sha256Hex(target).slice(0, 40);
