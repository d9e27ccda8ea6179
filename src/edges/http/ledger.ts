import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { TenantId } from '../../core/tenant.js';
import { parseTilePath, publishedLog } from '../../ledger/index.js';

export interface LedgerDeps {
  pool: Pool;
  tenant: TenantId;
  /** Lets auditors through, to the entries themselves. */
  auditors: MiddlewareHandler;
}

const FOREVER = 'public, max-age=31536000, immutable';
const MOMENT = 'public, max-age=2';
const Count = z
  .string()
  .regex(/^(0|[1-9]\d{0,15})$/)
  .transform(Number)
  .refine(Number.isSafeInteger);

/** One tenant's log for strangers, under `/ledger/<tenant>` (C2SP tlog-tiles): public but for the entries themselves. */
export function ledgerRoutes(deps: LedgerDeps): Hono {
  const log = publishedLog(deps.pool, deps.tenant);
  const app = new Hono();
  const base = `/ledger/${deps.tenant}`;

  app.get(`${base}/checkpoint`, async (context) => {
    const witnesses = Count.catch(0).parse(context.req.query('witnesses') ?? '0');
    const note = await log.checkpoint(witnesses);
    return note === null ? notFound(context) : text(context, note, MOMENT);
  });
  app.get(`${base}/vkeys`, async (context) => text(context, lines(await log.verifierKeys()), MOMENT));
  app.get(`${base}/min_index`, async (context) => text(context, `${await log.minIndex()}\n`, MOMENT));
  app.get(`${base}/proof/:seq`, async (context) => {
    const seq = Count.safeParse(context.req.param('seq'));
    const proof = seq.success ? await log.proof(seq.data) : null;
    return proof === null ? notFound(context) : text(context, proof, MOMENT);
  });
  app.get(`${base}/consistency`, async (context) => {
    const from = Count.safeParse(context.req.query('from'));
    const to = Count.safeParse(context.req.query('to'));
    const proof = from.success && to.success ? await log.consistency(from.data, to.data) : null;
    if (!proof) return notFound(context);
    context.header('cache-control', FOREVER);
    return context.json(proof.map((hash) => hash.toString('base64')));
  });
  app.get(`${base}/tile/entries/*`, deps.auditors, async (context) => {
    const tile = readTilePath(context, base);
    if (!tile) return notFound(context);
    return bytes(context, await log.entryBundle(tile), 'private, no-store');
  });
  app.get(`${base}/tile/*`, async (context) => {
    const tile = readTilePath(context, base);
    if (!tile || tile.level === 'entries') return notFound(context);
    return bytes(context, await log.tile({ ...tile, level: tile.level }), FOREVER);
  });
  return app;
}

const readTilePath = (context: Context, base: string) =>
  parseTilePath(context.req.path.slice(`${base}/tile/`.length));

const lines = (each: readonly string[]): string => each.map((line) => `${line}\n`).join('');

const notFound = (context: Context) =>
  context.json({ ok: false, code: 'not_found', message: 'The log has no such thing.' }, 404);

function text(context: Context, body: string, caching: string): Response {
  context.header('cache-control', caching);
  return context.body(body, 200, { 'content-type': 'text/plain; charset=utf-8' });
}

function bytes(context: Context, body: Buffer | null, caching: string): Response {
  if (!body) return notFound(context);
  context.header('cache-control', caching);
  return context.body(new Uint8Array(body), 200, { 'content-type': 'application/octet-stream' });
}
