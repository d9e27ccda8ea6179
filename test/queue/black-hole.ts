import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../scripts/lib/free-port.js';

/** A TCP proxy that can take what comes, and new connections too, and answer nothing. */
export async function blackHole(port: number): Promise<{
  port: number;
  swallow(): void;
  /** For new connections; what was swallowed stays so. */
  mend(): void;
  close(): void;
}> {
  const sockets = new Set<Socket>();
  let isHole = false;
  const server = createServer((near) => {
    const ends = isHole ? [near.resume()] : [near, connect(port, '127.0.0.1')];
    for (const socket of ends) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    if (ends[1] !== undefined) near.pipe(ends[1]).pipe(near);
  });
  const own = await freePort();
  server.listen(own, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: own,
    swallow: () => {
      isHole = true;
      for (const socket of sockets) socket.unpipe().removeAllListeners('data').resume();
    },
    mend: () => {
      isHole = false;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
