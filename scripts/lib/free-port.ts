import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux gives to outgoing connections: none of these takes the port before its server has started. */
const [LOWEST, TOO_HIGH] = [10_000, 32_768];

/** A TCP port of 127.0.0.1 nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(LOWEST, TOO_HIGH);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port could be found.');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
