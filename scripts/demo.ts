import { once } from 'node:events';
import { createServer } from 'node:net';
import { CountersignError } from '../src/core/errors.js';
import { forgetHouse, startHouse } from './demo/house.js';
import { type DemoOptions, readOptions, USAGE } from './demo/options.js';
import { readyLine, welcome } from './demo/ready.js';
import { compilePrograms } from './lib/programs.js';

/** Everything on embedded parts, on this machine; see the README. */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  const options = readOptions(argv);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await checkPorts(options);
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (asked.signal.aborted) return;
      say('Stopping.');
      asked.abort();
    });
  if (options.fresh) await forgetHouse(options.dataDir);
  const logs = options.headless ? 'stderr' : 'files';
  say('Compiling.');
  const programs = compilePrograms();
  const house = await startHouse({
    ...options,
    programs,
    vendors: true,
    logs,
    say,
    signal: asked.signal,
  }).catch((error: unknown) => {
    if (asked.signal.aborted) process.exit(0);
    throw error;
  });
  process.stdout.write(options.headless ? `${readyLine(house)}\n` : welcome(house, options.dataDir));
  if (!asked.signal.aborted) await once(asked.signal, 'abort');
  await house.stop();
  process.exit(0);
}

async function checkPorts(options: DemoOptions): Promise<void> {
  for (const [flag, port] of [
    ['--slack-port', options.slackPort],
    ['--http-port', options.httpPort],
  ] as const)
    if (!(await isFree(port)))
      throw new CountersignError(
        'port_taken',
        `Port ${port} is taken: end what listens there, or choose another with ${flag}.`,
      );
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

function fail(error: unknown): never {
  const startOver = error instanceof CountersignError && error.code === 'migration_edited';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (startOver) process.stderr.write('Or start over: npm run demo -- --fresh\n');
  process.exit(1);
}

await main().catch(fail);
