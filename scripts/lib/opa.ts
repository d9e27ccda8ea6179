import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { arch, env, pid, platform, stderr } from 'node:process';

/** These compile our policies to the same bytes. */
const VERSIONS: readonly string[] = ['1.22.0', '1.21.0'];
const GO_MODULE = 'github.com/open-policy-agent/opa@v1.22.0';
const RELEASE = 'https://openpolicyagent.org/downloads/v1.21.0';
/** Official builds by platform: name and SHA-256. */
const BUILDS: Readonly<Record<string, readonly [string, string]>> = {
  'linux-x64': ['opa_linux_amd64_static', '5eef70644868bb04d0556bcc795ee42f2ab379e73f51d1bfa30f83e1305bc9b9'],
  'linux-arm64': [
    'opa_linux_arm64_static',
    '0ec34027c15b4d969c21d01ed570fe14fbebd508a08157043ab09f9a0dccbee6',
  ],
};

const cacheDirectory = resolve(import.meta.dirname, '../../node_modules/.cache/bin');
const cached = join(cacheDirectory, 'opa');
const say = (line: string) => stderr.write(`opa: ${line}\n`);

/**
 * The opa command, or null where none can be had, which is said loudly. Looks on PATH, then in our cache, then builds it
 * with Go, then downloads a release. Where CI=true it throws instead: nothing is skipped there.
 */
export async function findOpa(): Promise<string | null> {
  const found = onPath() ?? inCache() ?? buildWithGo() ?? (await download());
  if (found !== null) return found;
  if (env['CI'] === 'true') throw new Error('opa: none could be had, and CI skips no policy test.');
  say('NONE COULD BE HAD. Rego tests and the rebuild of the bundle are SKIPPED.');
  say(`put version ${VERSIONS.join(' or ')} on PATH, or install Go, and run again.`);
  return null;
}

function onPath(): string | null {
  const version = versionOf('opa');
  if (version === null) return null;
  if (VERSIONS.includes(version)) return 'opa';
  say(`${version} on PATH is left alone; ${VERSIONS.join(' or ')} is needed.`);
  return null;
}

const inCache = (): string | null =>
  existsSync(cached) && VERSIONS.includes(versionOf(cached) ?? 'none') ? cached : null;

function buildWithGo(): string | null {
  if (spawnSync('go', ['version']).status !== 0) return null;
  say(`building ${GO_MODULE} with Go, once; this takes about two minutes.`);
  mkdirSync(cacheDirectory, { recursive: true });
  const built = spawnSync('go', ['install', GO_MODULE], {
    env: { ...env, GOBIN: cacheDirectory },
    encoding: 'utf8',
  });
  if (built.status !== 0) say(`Go could not build it: ${built.stderr.trim().split('\n').at(-1)}`);
  return inCache();
}

async function download(): Promise<string | null> {
  const build = BUILDS[`${platform}-${arch}`];
  if (build === undefined) return null;
  const [name, sha256] = build;
  say(`downloading ${RELEASE}/${name}.`);
  try {
    const response = await fetch(`${RELEASE}/${name}`, { signal: AbortSignal.timeout(120_000) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    keep(new Uint8Array(await response.arrayBuffer()), sha256);
  } catch (error) {
    say(`the download failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return inCache();
}

function keep(bytes: Uint8Array, sha256: string): void {
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error('its SHA-256 is not the pinned one');
  mkdirSync(cacheDirectory, { recursive: true });
  const partial = `${cached}.${pid}`;
  writeFileSync(partial, bytes);
  chmodSync(partial, 0o755);
  renameSync(partial, cached);
}

function versionOf(command: string): string | null {
  const { status, stdout } = spawnSync(command, ['version'], { encoding: 'utf8' });
  return status === 0 ? (/^Version: (\S+)/m.exec(stdout)?.[1] ?? null) : null;
}
