import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before our database, so that one test can take it away from one doer. */
export async function severable(
  database: URL,
): Promise<{ url: string; sever(): void; mend(): void; close(): void }> {
  const open = new Set<Socket>();
  let isSevered = false;
  const server = createServer((near) => {
    if (isSevered) {
      near.destroy();
      return;
    }
    const far = connect(Number(database.port), database.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const url = new URL(database);
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.href,
    sever: () => {
      isSevered = true;
      cut();
    },
    mend: () => {
      isSevered = false;
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
