import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { CountersignError } from '../src/core/errors.js';
import { startHouse } from './demo/house.js';
import { type DemoOptions, readOptions } from './demo/options.js';
import { readyLine, welcome } from './demo/ready.js';

/** Everything on embedded parts, on this machine; see the README. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await checkPorts(options);
  if (options.fresh) rmSync(options.dataDir, { recursive: true, force: true });
  const house = await startHouse({ ...options, logs: options.headless ? 'stderr' : 'files', say });
  process.stdout.write(options.headless ? `${readyLine(house)}\n` : welcome(house, options.dataDir));
  const end = () => {
    process.once('SIGINT', () => process.exit(130));
    say('Stopping.');
    void house.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
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
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

await main().catch(fail);
