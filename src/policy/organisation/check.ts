import type { Fault, FaultCode } from './faults.js';
import type { Person, Role, System, Team } from './schema.js';

/** Something read, and where each part of it stands. */
export interface Placed<T> {
  value: T;
  file: string;
  line(path: readonly PropertyKey[]): number;
}

export interface PlacedOrganisation {
  people: Placed<Person>[];
  teams: Placed<Team>[];
  roles: Placed<Role>[];
  systems: Placed<System>[];
}

/** What no single entry shows: references, doubles, shared accounts, systems nobody can grant on. */
export function checkOrganisation(placed: PlacedOrganisation, connectorKinds: ReadonlySet<string>): Fault[] {
  return [
    ...Object.values(placed).flatMap((list: Placed<{ id: string }>[]) => doubleIds(list)),
    ...unknownReferences(placed),
    ...doubleIdentities(placed.people),
    ...placed.people.flatMap(sharedAccount),
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
  ];
}

function fault<T>(at: Placed<T>, code: FaultCode, path: readonly PropertyKey[], message: string): Fault {
  return { code, file: at.file, line: at.line(path), message };
}

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

function unknownReferences({ people, teams, roles, systems }: PlacedOrganisation): Fault[] {
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
    ]),
  ];
}

/** Seed 000 §3: shared accounts are prohibited. Two people behind one identity, or two principals of one mailbox. */
function doubleIdentities(people: Placed<Person>[]): Fault[] {
  const identities = people.flatMap((at) => [
    { key: mailbox(at.value.identities.email), at, path: ['identities', 'email'] },
    ...(at.value.identities.slack ?? []).map((key, index) => ({
      key,
      at,
      path: ['identities', 'slack', index],
    })),
  ]);
  return doubles(identities).map(({ key, at, path, first }) =>
    fault(
      at,
      'duplicate_identity',
      path,
      `${key} is the identity of ${first.at.value.id} too; accounts are not shared`,
    ),
  );
}

const SHARED_NAMES =
  /^(admin|administrator|root|superuser|sysadmin|dba|shared|everyone|all|team|group|office|info|contact|support|help|helpdesk|ops|devops|oncall|security|engineering|developer|dev|it|user|guest|test|noreply)$/;

function sharedAccount(person: Placed<Person>): Fault[] {
  const named = (name: string) => SHARED_NAMES.test(name.toLowerCase().replace(/[^a-z]/g, ''));
  const message = (name: string) => `${name} names a shared account; give each person their own`;
  const { id, identities } = person.value;
  return [
    ...(named(id) ? [fault(person, 'shared_account', [], message(id))] : []),
    ...(named(localPart(identities.email))
      ? [fault(person, 'shared_account', ['identities', 'email'], message(identities.email))]
      : []),
  ];
}

const localPart = (email: string): string => email.slice(0, email.lastIndexOf('@')).replace(/\+.*$/, '');
/** Subaddresses (RFC 5233) reach the same person. */
const mailbox = (email: string): string =>
  `${localPart(email)}${email.slice(email.lastIndexOf('@'))}`.toLowerCase();

function doubles<T extends { key: string }>(list: readonly T[]): (T & { first: T })[] {
  const firsts = new Map<string, T>();
  return list.flatMap((item) => {
    const first = firsts.get(item.key);
    if (first === undefined) firsts.set(item.key, item);
    return first === undefined ? [] : [{ ...item, first }];
  });
}
