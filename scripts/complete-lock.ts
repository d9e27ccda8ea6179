import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { root } from './lib/steps.js';

/**
 * `npm run lock`. A registry may lack the builds of a package for other platforms; npm then leaves them out of the lock
 * file, and `npm ci` calls that file incomplete. So each gets an entry that names its platform and is skipped elsewhere.
 */
const file = `${root}/package-lock.json`;
const Package = z.looseObject({
  optionalDependencies: z.record(z.string(), z.string()).exactOptional(),
  dev: z.boolean().exactOptional(),
});
const Lock = z.looseObject({ packages: z.record(z.string(), Package) });

const lock = Lock.parse(JSON.parse(readFileSync(file, 'utf8')));
const before = Object.keys(lock.packages).length;
for (const [place, each] of Object.entries(lock.packages))
  for (const [name, range] of Object.entries(each.optionalDependencies ?? {}))
    if (!isLocked(place, name))
      lock.packages[`node_modules/${name}`] = { ...stub(name, range), ...(each.dev ? { dev: true } : {}) };
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
process.stdout.write(`Added ${sorted.length - before} entries for other platforms.\n`);

function isLocked(place: string, name: string): boolean {
  return [`${place}/node_modules/${name}`, `node_modules/${name}`].some(
    (at) => at.replace(/^\//, '') in lock.packages,
  );
}

function stub(name: string, range: string) {
  const os =
    /android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|windows|aix/.exec(name)?.[0] ??
    'aix';
  const cpu =
    /arm64|x64|ia32|arm|ppc64|riscv64|s390x|loong64|mips64el/.exec(name.slice(name.indexOf(os)))?.[0] ??
    'x64';
  return {
    version: range.replace(/^[\^~]/, ''),
    cpu: [cpu],
    os: [os === 'windows' ? 'win32' : os],
    optional: true,
    ...(name.includes('musl') ? { libc: ['musl'] } : {}),
  };
}
