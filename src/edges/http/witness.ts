import { Hono } from 'hono';
import type { Witness } from '../../ledger/index.js';

const LONGEST_BODY = 65_536;

/** C2SP tlog-witness over HTTP, and what it cosigned last, for whoever verifies a log against it. */
export function witnessRoutes(witness: Witness): Hono {
  const app = new Hono();
  app.post('/add-checkpoint', async (context) => {
    const length = Number(context.req.header('content-length') ?? Number.POSITIVE_INFINITY);
    if (!(length <= LONGEST_BODY)) return context.text('too long\n', 400);
    const { status, contentType, body } = await witness.addCheckpoint(await context.req.text());
    return context.body(body, status, { 'content-type': contentType });
  });
  app.get('/checkpoint/:origin', async (context) => {
    const note = await witness.witnessed(context.req.param('origin'));
    return note === null ? context.text('unknown log\n', 404) : context.text(note);
  });
  return app;
}
