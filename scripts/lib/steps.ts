import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Runs a program of node_modules/.bin in the clone, its output shown; true when it succeeded. */
export function run(command: string, ...args: readonly string[]): boolean {
  const program = join(root, 'node_modules/.bin', command);
  return (
    spawnSync(existsSync(program) ? program : command, args, { cwd: root, stdio: 'inherit' }).status === 0
  );
}

/** What needs no database. */
const checks: Readonly<Record<string, () => boolean>> = {
  'format and syntax': () => run('biome', 'ci', '.'),
  lint: () => run('oxlint', 'src', 'test', 'scripts'),
  types: () => run('tsc', '-p', '.'),
  arrows: () => run('node', '--import', 'tsx', 'scripts/arrows.ts'),
  'dead code': () => run('knip'),
  'policy digests': () => run('node', '--import', 'tsx', 'scripts/policy-digest.ts'),
};

/** Runs every check, also after one that failed, and gives the names of those. */
export function runChecks(): string[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    say(`\n── ${name}`);
    return check() ? [] : [name];
  });
}
