import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { PrincipalId } from '../../../src/core/tenant.js';
import { Limits } from '../../../src/doer/limits.js';

const EXAMPLE = resolve(import.meta.dirname, '..', '..', '..', 'policies');
/** As many as ask for some eleven hundred without any of them asking so often that policy wants one approval more. */
const PEOPLE = 80;

/** Who asks in the bench: the product lets nobody hold a thousand accesses alone. */
export const engineers = Array.from({ length: PEOPLE }, (_, at) => PrincipalId.parse(`bench-${at + 1}`));

/** The example organisation with these engineers in it; the caller removes the directory. */
export function benchPolicies(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bench-policies-'));
  cpSync(EXAMPLE, directory, { recursive: true });
  const people = engineers.map((id, at) => [
    id,
    {
      kind: 'person',
      name: `Bench Engineer ${at + 1}`,
      identities: { slack: [`U9BENCH${at + 1}`], email: `${id}@hookpilot.example` },
      teams: ['platform'],
      roles: ['caption-studio-engineer'],
    },
  ]);
  writeFileSync(join(directory, 'people', 'bench.yaml'), stringify(Object.fromEntries(people)));
  return directory;
}

/** The administrator of the target allows this many grants an hour. */
export function allowGrants(dataDir: string, grantsPerHour: number): void {
  const file = join(dataDir, 'target', 'limits.yaml');
  const limits = Limits.parse(parse(readFileSync(file, 'utf8')));
  for (const system of Object.values(limits.systems)) system.grantsPerHour = grantsPerHour;
  writeFileSync(file, stringify(limits));
}
