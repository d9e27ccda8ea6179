import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';
import { Name } from '../packet/index.js';

const roleName = z.string().regex(/^[a-z_][a-z0-9_-]{0,62}$/);

const Target = z.strictObject({
  kind: z.literal('postgres'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  maintenanceDatabase: z.string().default('postgres'),
  executor: roleName.default('cs_executor'),
  connectRole: roleName.default('cs_connect'),
  /** PEM file of the authority for the target's certificate; without it the connection is plain. */
  caFile: z.string().exactOptional(),
  scopes: z.record(Name, z.strictObject({ role: roleName, database: z.string().min(1) })),
});

/** The targets file: where each system is. Its root credential is in the sealed store, never here. */
export const Targets = z.strictObject({
  v: z.literal(1),
  /** Relative to this file. */
  sealedStore: z.string(),
  systems: z.record(Name, Target),
});
export type Targets = z.infer<typeof Targets>;
export type TargetSystem = Omit<z.infer<typeof Target>, 'caFile'> & { ca: string | null };

export interface ReadTargets {
  sealedStore: string;
  systems: Readonly<Record<string, TargetSystem>>;
}

/** Throws `targets_unreadable`. */
export function readTargets(file: string): ReadTargets {
  try {
    const targets = Targets.parse(parse(readFileSync(file, 'utf8')));
    const near = (path: string): string => resolve(dirname(file), path);
    const systems = Object.entries(targets.systems).map(([name, { caFile, ...target }]) => {
      const ca = caFile === undefined ? null : readFileSync(near(caFile), 'utf8');
      return [name, { ...target, ca }] as const;
    });
    return { sealedStore: near(targets.sealedStore), systems: Object.fromEntries(systems) };
  } catch (cause) {
    throw new CountersignError('targets_unreadable', 'The targets file cannot be used.', {
      cause,
      detail: file,
    });
  }
}
