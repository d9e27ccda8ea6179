import { createServer } from 'node:http';

/** An identity provider as far as our probe sees one: an address that answers, or does not. */
export interface IdentityProviderStandIn {
  readonly url: string;
  /** The status that a look, by its number, is answered with; null where it never is. */
  answer: (look: number) => number | null;
  /** How often it was looked at. */
  readonly looks: number;
  /** From then on connections are refused, until it listens again. */
  close(): Promise<void>;
  listen(): Promise<void>;
}

export async function startIdentityProvider(): Promise<IdentityProviderStandIn> {
  let [port, looks] = [0, 0];
  const server = createServer((_, response) => {
    looks += 1;
    const status = standIn.answer(looks);
    if (status !== null) response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
  });
  const standIn: IdentityProviderStandIn = {
    get url() {
      return `http://127.0.0.1:${port}/`;
    },
    get looks() {
      return looks;
    },
    answer: () => 200,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    listen: async () => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(port, '127.0.0.1', resolve);
      });
      const address = server.address();
      if (address === null || typeof address === 'string')
        throw new Error('the identity provider has no port');
      ({ port } = address);
    },
  };
  await standIn.listen();
  return standIn;
}
