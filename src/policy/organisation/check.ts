import type { Fault } from './faults.js';
import { checkIdentities } from './identities.js';
import type { Person } from './person.js';
import { doubles, fault, type Placed } from './placed.js';
import { admitsOwnAccounts } from './principal.js';
import type { Conflict, Role, Team } from './schema.js';
import type { System } from './system.js';

export interface PlacedOrganisation {
  people: Placed<Person>[];
  teams: Placed<Team>[];
  roles: Placed<Role>[];
  systems: Placed<System>[];
  conflicts: Placed<Conflict>[];
}

/** What no single entry shows: references, doubles, shared accounts, systems nobody can grant on. */
export function checkOrganisation(placed: PlacedOrganisation, connectorKinds: ReadonlySet<string>): Fault[] {
  return [
    ...Object.values(placed).flatMap((list: Placed<{ id: string }>[]) => doubleIds(list)),
    ...unknownReferences(placed),
    ...ownersWithoutHours(placed),
    ...checkIdentities(placed.people),
    ...placed.systems
      .filter(({ value }) => !connectorKinds.has(value.kind))
      .map((system) =>
        fault(
          system,
          'no_connector',
          ['kind'],
          `no connector grants on a system of kind ${system.value.kind}`,
        ),
      ),
    ...placed.systems
      .filter(({ value }) => value.breakGlass !== undefined && admitsOwnAccounts(value.kind))
      .map((system) =>
        fault(
          system,
          'no_break_glass',
          ['breakGlass'],
          `a system of kind ${system.value.kind} lets people's own accounts in, so it has none for emergencies; take breakGlass out`,
        ),
      ),
  ];
}

/** What a scope needs must be there, or every request for it would end in a refusal. For files without another fault. */
export const checkApprovers = ({ people, systems }: PlacedOrganisation): Fault[] =>
  systems.flatMap((system) => tooFewApprovers(people, system));

/** Who owns a system is who is waited for: without their hours people would be reminded in the middle of the night. */
const ownersWithoutHours = ({ teams, systems }: PlacedOrganisation): Fault[] =>
  teams
    .filter(({ value }) => value.workingHours === undefined)
    .filter((team) => systems.some(({ value }) => value.ownerTeam === team.value.id))
    .map((team) =>
      fault(
        team,
        'no_working_hours',
        [],
        `${team.value.id} owns a system and needs timezone and workingHours`,
      ),
    );

function doubleIds(list: Placed<{ id: string }>[]): Fault[] {
  return doubles(list.map((at) => ({ key: at.value.id, at, path: [] }))).map(({ at, first }) =>
    fault(
      at,
      'duplicate_id',
      [],
      `${at.value.id} is already at ${first.at.file}:${first.at.line(first.path)}`,
    ),
  );
}

function unknownReferences({ people, teams, roles, systems, conflicts }: PlacedOrganisation): Fault[] {
  const ids = (list: Placed<{ id: string }>[]) => new Set(list.map(({ value }) => value.id));
  const known = {
    team: ids(teams),
    role: ids(roles),
    entitlement: new Set(
      systems.flatMap(({ value }) => value.scopes.map((scope) => `${value.id}:${scope.id}`)),
    ),
  };
  const missing = <T>(at: Placed<T>, kind: keyof typeof known, member: string, names: readonly string[]) =>
    names.flatMap((name, index) =>
      known[kind].has(name)
        ? []
        : [fault(at, 'unknown_reference', [member, index], `there is no ${kind} ${name}`)],
    );
  return [
    ...people.flatMap((at) => [
      ...missing(at, 'team', 'teams', at.value.teams),
      ...missing(at, 'role', 'roles', at.value.roles),
      ...(at.value.kind === 'service' ? missing(at, 'team', 'owner', [at.value.owner]) : []),
    ]),
    ...roles.flatMap((at) => missing(at, 'entitlement', 'entitlements', at.value.entitlements)),
    ...systems.flatMap((at) => [
      ...missing(at, 'team', 'ownerTeam', [at.value.ownerTeam]),
      ...missing(at, 'role', 'approverRoles', at.value.approverRoles),
      ...missing(at, 'role', 'requesterRoles', at.value.requesterRoles),
      ...stagesOf(at.value).flatMap(({ path, roles: named }) =>
        named.flatMap((name, index) =>
          known.role.has(name)
            ? []
            : [fault(at, 'unknown_reference', [...path, 'roles', index], `there is no role ${name}`)],
        ),
      ),
    ]),
    ...conflicts.flatMap((at) =>
      at.value.between.flatMap((name, index) =>
        known.entitlement.has(name) || (name.startsWith('role:') && known.role.has(name.slice(5)))
          ? []
          : [fault(at, 'unknown_reference', ['between', index], `there is no ${name}`)],
      ),
    ),
  ];
}

const stagesOf = (system: System): { path: PropertyKey[]; roles: readonly string[] }[] => [
  ...(system.stages ?? []).map(({ roles }, index) => ({ path: ['stages', index], roles })),
  ...system.scopes.flatMap((scope, at) =>
    (scope.stages ?? []).map(({ roles }, index) => ({ path: ['scopes', at, 'stages', index], roles })),
  ),
];

function tooFewApprovers(people: Placed<Person>[], system: Placed<System>): Fault[] {
  const { approverRoles, requiredApprovals, scopes } = system.value;
  const holders = (roles: readonly string[]) =>
    people.filter(
      ({ value }) =>
        value.active && value.kind !== 'service' && value.roles.some((role) => roles.includes(role)),
    ).length;
  return scopes.flatMap((scope, index) => {
    const stages = scope.stages ??
      system.value.stages ?? [{ roles: approverRoles, needed: requiredApprovals }];
    const short = (roles: readonly string[], needed: number) =>
      holders(roles) >= needed
        ? []
        : [
            fault(
              system,
              'too_few_approvers',
              ['scopes', index],
              `${scope.id} needs ${needed} approvers and its approver roles have ${holders(roles)}`,
            ),
          ];
    const asked = stages.reduce((sum, stage) => sum + stage.needed, 0);
    return [
      ...short(
        stages.flatMap((stage) => stage.roles),
        Math.max(asked, requiredApprovals, scope.destructive ? 2 : 1),
      ),
      ...(stages.length > 1 ? stages.flatMap((stage) => short(stage.roles, stage.needed)) : []),
    ];
  });
}
