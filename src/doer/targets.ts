import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ScopePlace } from '../connectors/connector.js';
import { CountersignError } from '../core/errors.js';
import { Name } from '../packet/index.js';

const roleName = z.string().regex(/^[a-z_][a-z0-9_-]{0,62}$/);

const Postgres = z.strictObject({
  kind: z.literal('postgres'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  maintenanceDatabase: z.string().default('postgres'),
  executor: roleName.default('cs_executor'),
  connectRole: roleName.default('cs_connect'),
  /** PEM file of the authority for the target's certificate; without it the connection is plain. */
  caFile: z.string().exactOptional(),
  scopes: z.record(Name, z.strictObject({ role: roleName, database: z.string().min(1) })),
  /** Where break-glass accounts log in. */
  breakGlass: z.strictObject({ database: z.string().min(1) }).exactOptional(),
});

const Okta = z.strictObject({
  kind: z.literal('okta'),
  url: z.url(),
  /** A group by its id, since names may change hands. */
  scopes: z.record(Name, z.strictObject({ group: z.string().regex(/^[A-Za-z0-9_-]{3,64}$/) })),
});

const Github = z.strictObject({
  kind: z.literal('github'),
  url: z.url().default('https://api.github.com'),
  /** The number of the app's installation in the organisation. */
  installation: z.int().min(1),
  /** `organisation/team`, the team by its slug. */
  scopes: z.record(
    Name,
    z.strictObject({ team: z.string().regex(/^[A-Za-z0-9-]{1,39}\/[a-z0-9_.-]{1,100}$/) }),
  ),
});

/** The targets file: where each system is. Its root credential is in the sealed store, never here. */
export const Targets = z.strictObject({
  v: z.literal(1),
  /** Relative to this file. */
  sealedStore: z.string(),
  systems: z.record(Name, z.discriminatedUnion('kind', [Postgres, Okta, Github])),
});
export type Targets = z.infer<typeof Targets>;
type Target = Targets['systems'][string];

type Placed<T> = Omit<T, 'scopes' | 'caFile'> & { scopes: Readonly<Record<string, ScopePlace>> };
export type PostgresTarget = Placed<z.infer<typeof Postgres>> & { ca: string | null };
export type TargetSystem = PostgresTarget | Placed<z.infer<typeof Okta>> | Placed<z.infer<typeof Github>>;

/** Where the break-glass accounts of a system are; null where it has none. */
export function glassOf(target: TargetSystem | undefined): (PostgresTarget & { database: string }) | null {
  if (target?.kind !== 'postgres' || target.breakGlass === undefined) return null;
  return { ...target, database: target.breakGlass.database };
}

/** Whether a grant there lets the subject's own account in, rather than making one. */
export const admitsOwnAccounts = (target: TargetSystem): boolean => target.kind !== 'postgres';

export interface ReadTargets {
  sealedStore: string;
  systems: Readonly<Record<string, TargetSystem>>;
}

/** Throws `targets_unreadable`. */
export function readTargets(file: string): ReadTargets {
  try {
    const targets = Targets.parse(parse(readFileSync(file, 'utf8')));
    const near = (path: string): string => resolve(dirname(file), path);
    const systems = Object.entries(targets.systems).map(
      ([name, target]) => [name, place(target, near)] as const,
    );
    return { sealedStore: near(targets.sealedStore), systems: Object.fromEntries(systems) };
  } catch (cause) {
    throw new CountersignError('targets_unreadable', 'The targets file cannot be used.', {
      cause,
      detail: file,
    });
  }
}

function place(target: Target, near: (path: string) => string): TargetSystem {
  switch (target.kind) {
    case 'postgres': {
      const { caFile, ...rest } = target;
      return { ...rest, ca: caFile === undefined ? null : readFileSync(near(caFile), 'utf8') };
    }
    case 'okta':
      return { ...target, scopes: mapped(target.scopes, ({ group }) => group) };
    case 'github':
      return { ...target, scopes: mapped(target.scopes, ({ team }) => team) };
  }
}

const mapped = <S>(scopes: Record<string, S>, roleOf: (scope: S) => string): Record<string, ScopePlace> =>
  Object.fromEntries(
    Object.entries(scopes).map(([name, scope]) => [name, { role: roleOf(scope), database: null }]),
  );
