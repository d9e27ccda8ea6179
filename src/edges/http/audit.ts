import { Hono, type MiddlewareHandler } from 'hono';
import { stream } from 'hono/streaming';
import type { Pool } from 'pg';
import { z } from 'zod';
import { RequestId, type TenantId } from '../../core/tenant.js';
import {
  type AnchoredCheckpoint,
  exportLog,
  proveEntry,
  readEvents,
  type SubjectKeys,
} from '../../ledger/index.js';
import { ledgerRoutes } from './ledger.js';
import { replayRequest } from './replay.js';
import { answerVerification, NDJSON, Seq } from './verify.js';

export interface AuditDeps {
  pool: Pool;
  tenant: TenantId;
  auditors: MiddlewareHandler;
  subjectKeys: SubjectKeys | null;
  /** The newest checkpoint that each anchor outside the database keeps. */
  anchored?: () => Promise<readonly AnchoredCheckpoint[]>;
}

const EventsQuery = z.object({
  after: Seq.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

/** `/v1/audit/…` for who holds an auditor's token, and `/ledger/<tenant>/…` for everyone. */
export function auditRoutes(deps: AuditDeps): Hono {
  const { pool, tenant, subjectKeys, auditors, anchored = async () => [] } = deps;
  const app = new Hono();
  app.route('/', ledgerRoutes(deps));
  app.use('/v1/audit/*', auditors);

  app.get('/v1/audit/verify', async (context) =>
    answerVerification(context, { pool, tenant, subjectKeys, anchored: await anchored() }),
  );

  app.get('/v1/audit/events', async (context) => {
    const query = EventsQuery.safeParse(context.req.query());
    if (!query.success)
      return context.json(
        { ok: false, code: 'malformed', message: 'after and limit are whole numbers.' },
        400,
      );
    const from = query.data.after === undefined ? 0 : query.data.after + 1;
    context.header('content-type', NDJSON);
    return stream(context, async (out) => {
      for await (const line of readEvents(pool, tenant, { from, to: from + query.data.limit }))
        await out.write(line);
    });
  });

  app.get('/v1/audit/prove/:seq', async (context) => {
    const seq = Seq.safeParse(context.req.param('seq'));
    const proven = seq.success ? await proveEntry(pool, tenant, seq.data) : null;
    if (!proven)
      return context.json({ ok: false, code: 'not_found', message: 'There is no such entry.' }, 404);
    return context.json({
      ok: true,
      seq: proven.seq,
      entry: proven.entry.toString('base64'),
      proof: proven.proof,
    });
  });

  app.get('/v1/audit/replay/:request', async (context) => {
    const request = RequestId.safeParse(context.req.param('request'));
    const events = request.success ? await replayRequest(pool, tenant, request.data) : [];
    if (events.length === 0)
      return context.json(
        { ok: false, code: 'not_found', message: 'The ledger knows no such request.' },
        404,
      );
    return context.json({ ok: events.every((event) => event.verdict !== 'different'), events });
  });

  app.get('/v1/audit/export', async (context) => {
    context.header('content-type', 'text/plain; charset=utf-8');
    return stream(context, async (out) => {
      for await (const part of exportLog(pool, tenant)) await out.write(part);
    });
  });
  return app;
}
