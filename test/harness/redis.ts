import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../../scripts/lib/free-port.js';

/** `npm test` installs one where it may; elsewhere the Redis lane is skipped, and says so. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export interface TestRedis {
  url: string;
  stop(): Promise<void>;
}

/** A real redis-server on a port of its own that keeps nothing. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(server.stdout))
    if (/ready to accept connections/i.test(line)) break;
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    stop: async () => {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
  };
}
