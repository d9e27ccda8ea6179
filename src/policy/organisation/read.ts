import { join } from 'node:path';
import { z } from 'zod';
import { checkApprovers, checkOrganisation } from './check.js';
import { type Entry, readEntries } from './entries.js';
import { type Fault, OrganisationError } from './faults.js';
import type { Placed } from './placed.js';
import { Conflict, type Organisation, Person, Role, System, Team } from './schema.js';

/**
 * Reads `people/`, `teams/`, `roles/`, `systems/` and `conflicts/` below `directory` and holds them against each other.
 * `connectorKinds` are the kinds of systems that something can grant on. Throws an OrganisationError that names every
 * fault by file and line.
 */
export function readOrganisation(directory: string, connectorKinds: ReadonlySet<string>): Organisation {
  const faults: Fault[] = [];
  const section = <S extends z.ZodType>(name: string, schema: S) =>
    readEntries(join(directory, name), faults).flatMap((entry) => place(entry, schema, faults));
  const placed = {
    people: section('people', Person),
    teams: section('teams', Team),
    roles: section('roles', Role),
    systems: section('systems', System),
    conflicts: section('conflicts', Conflict),
  };
  faults.push(...checkOrganisation(placed, connectorKinds));
  if (faults.length === 0) faults.push(...checkApprovers(placed));
  if (faults.length > 0) throw new OrganisationError(faults);
  const values = <T>(list: Placed<T>[]) => list.map(({ value }) => value);
  return {
    people: values(placed.people),
    teams: values(placed.teams),
    roles: values(placed.roles),
    systems: values(placed.systems),
    conflicts: values(placed.conflicts),
  };
}

function place<S extends z.ZodType>(entry: Entry, schema: S, faults: Fault[]): Placed<z.infer<S>>[] {
  const scopeIds = Object.keys(scopesOf(entry.value));
  const parsed = schema.safeParse(withIds(entry));
  const line = (path: readonly PropertyKey[]) => entry.lineOf(byScopeId(path, scopeIds));
  if (parsed.success) return [{ value: parsed.data, file: entry.file, line }];
  for (const issue of parsed.error.issues) {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    const where = [entry.id, ...byScopeId(issue.path, scopeIds)].join('.');
    faults.push({ code: 'shape', file: entry.file, line: line(path), message: `${where}: ${issue.message}` });
  }
  return [];
}

/** In the files an id is the key of what it names; in the organisation it is a member. */
function withIds(entry: Entry): unknown {
  if (!isMembers(entry.value)) return entry.value;
  const scopes = Object.entries(scopesOf(entry.value)).map(([id, scope]) =>
    isMembers(scope) ? { id, ...scope } : scope,
  );
  return { id: entry.id, ...entry.value, ...(scopes.length > 0 ? { scopes } : {}) };
}

const byScopeId = (path: readonly PropertyKey[], ids: readonly string[]): PropertyKey[] =>
  path.map((step, depth) =>
    depth === 1 && path[0] === 'scopes' && typeof step === 'number' ? (ids[step] ?? step) : step,
  );

const scopesOf = (value: unknown): Record<string, unknown> =>
  isMembers(value) && isMembers(value['scopes']) ? value['scopes'] : {};

const isMembers = (value: unknown): value is Record<string, unknown> =>
  z.record(z.string(), z.unknown()).safeParse(value).success;
