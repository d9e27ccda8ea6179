import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Log } from '../log.js';

export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

/** One listener for every route of the process; an error inside answers 500 without its insides. */
export function startHttp(options: {
  mount: (root: Hono) => unknown;
  host: string;
  port: number;
  log: Log;
}): Promise<HttpServer> {
  const app = new Hono();
  options.mount(app);
  app.notFound((context) =>
    context.json({ ok: false, code: 'not_found', message: 'There is nothing here.' }, 404),
  );
  app.onError((error, context) => {
    options.log.error({ err: error, path: context.req.path }, 'a request failed');
    return context.json({ ok: false, code: 'failed', message: 'Something went wrong on our side.' }, 500);
  });
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port }, ({ port }) =>
      resolve({ port, close: () => new Promise((closed) => server.close(() => closed())) }),
    );
    server.once('error', reject);
  });
}
