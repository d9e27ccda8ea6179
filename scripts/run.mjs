// `node scripts/run.mjs <file.ts> [arguments]` from a bare clone: sets up what is missing, then becomes that program.
// Until the packages are there this is all that runs, so it imports nothing but Node.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argv, exit, stderr, versions } from 'node:process';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname ?? '.', '..');
const at = (path) => join(root, path);

const [major, minor] = versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node ${versions.node} is too old: install Node 20.19 or newer.`);
if (isOlder('node_modules/.package-lock.json', 'package-lock.json')) installPackages();
if (isOlder('src/store/generated/client.ts', 'prisma/schema.prisma')) generateClient();

const program = at(argv[2]);
argv.splice(1, 2, program);
const { register } = await import('tsx/esm/api');
register();
await import(pathToFileURL(program).href);

function installPackages() {
  say('Installing npm packages; the first time this takes a minute.');
  if (!existsSync(at('node_modules')) && run('npm', ['ci', '--no-fund', '--no-audit'])) return;
  if (!run('npm', ['install', '--no-save', '--no-fund', '--no-audit']))
    fail('npm could not install the packages: check the network and the registry, then run this again.');
}

function generateClient() {
  if (!run(at('node_modules/.bin/prisma'), ['generate', '--no-hints']))
    fail('prisma generate did not succeed.');
}

/** What others print while we set up goes to stderr: a program's stdout is its own. */
function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}

function isOlder(made, source) {
  return !existsSync(at(made)) || statSync(at(made)).mtimeMs < statSync(at(source)).mtimeMs;
}

function say(sentence) {
  stderr.write(`${sentence}\n`);
}

function fail(sentence) {
  say(sentence);
  exit(1);
}
