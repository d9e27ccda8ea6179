import { Hono, type MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { Capability, VerbContext } from '../../capabilities/index.js';

const Asked = z.object({
  number: z.coerce.number().int().min(1).max(2_147_483_646),
  format: z.enum(['markdown', 'json']).default('json'),
});

const TYPES = { markdown: 'text/markdown; charset=utf-8', json: 'application/json' } as const;

/** `/v1/<capability>/<documents>/<number>`: what a capability hands out in writing, to who holds an auditor's token. */
export function documentRoutes(
  context: VerbContext,
  capabilities: readonly Capability[],
  auditors: MiddlewareHandler,
): Hono {
  const app = new Hono();
  for (const { name, documents } of capabilities) {
    if (documents === null) continue;
    app.get(`/v1/${name}/${documents.path}/:number`, auditors, async (request) => {
      const asked = Asked.safeParse({ number: request.req.param('number'), ...request.req.query() });
      if (!asked.success)
        return request.json({ ok: false, code: 'malformed', message: 'format is markdown or json.' }, 400);
      const { number, format } = asked.data;
      const document = await documents.read(context, number, format);
      return document === null
        ? request.json({ ok: false, code: 'not_found', message: 'There is nothing of that number.' }, 404)
        : request.body(document, 200, { 'content-type': TYPES[format] });
    });
  }
  return app;
}
