import { spawnSync } from 'node:child_process';
import { env } from 'node:process';
import { CountersignError } from '../../src/core/errors.js';
import { say } from './steps.js';

interface Tool {
  name: string;
  commands: readonly string[];
  serves: string;
}

const CHROMIUM: Tool = {
  name: 'chromium',
  commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  serves: 'the browser flows',
};

const TOOLS: readonly Tool[] = [
  { name: 'redis-server', commands: ['redis-server'], serves: 'the queue on Redis' },
  CHROMIUM,
];

/**
 * Programs that a few tests need and npm does not have: installed where that is ours to do, else it is said what will be
 * skipped. Throws `tool_missing` where CI=true, since nothing is skipped there.
 */
export function setUpTestTools(): void {
  const names = TOOLS.filter(isMissing).map(({ name }) => name);
  if (names.length > 0 && process.getuid?.() === 0 && isOnPath('apt-get')) {
    say(`Installing ${names.join(' and ')} with apt-get.`);
    if (!aptGet('install', ...names) && aptGet('update')) aptGet('install', ...names);
  }
  const missing = TOOLS.filter(isMissing);
  for (const { name, serves } of missing)
    say(`SKIPPED: ${serves}, since ${name} is missing and not ours to install.`);
  if (missing.length > 0 && env['CI'] === 'true')
    throw new CountersignError('tool_missing', 'CI skips nothing: install what is missing.');
}

/** A real Vault for test/keys, whose stand-in answers otherwise: a program that takes an address, see test/harness/vault.ts. */
export const realVault = (): string | undefined => env['COUNTERSIGN_TEST_VAULT'];

/** Where Chromium lies; undefined: the browser flows are skipped. */
export const findChromium = (): string | undefined => CHROMIUM.commands.map(pathOf).find(Boolean);

const isMissing = ({ commands }: Tool): boolean => !commands.some(isOnPath);

const isOnPath = (command: string): boolean => pathOf(command) !== '';

const pathOf = (command: string): string =>
  spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command], { encoding: 'utf8' }).stdout.trim();

function aptGet(verb: 'install' | 'update', ...names: readonly string[]): boolean {
  const result = spawnSync('apt-get', [verb, '-y', '-q', '--no-install-recommends', ...names], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return result.status === 0;
}
