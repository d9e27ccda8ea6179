import { Hono } from 'hono';
import type { VerbContext } from '../../capabilities/index.js';

/**
 * What anybody may read: that we are up, and which rules are in force (a clone of the rules' repository reproduces the
 * digest).
 */
export function publicRoutes(context: VerbContext): Hono {
  const app = new Hono();
  app.get('/healthz', async (request) => {
    const up = await context.store.pool.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return request.json({ ok: up }, up ? 200 : 503);
  });
  app.get('/v1/policy', (request) =>
    request.json({
      digest: context.policy.digest,
      systems: context.policy.organisation.systems.map((system) => system.id),
    }),
  );
  return app;
}
