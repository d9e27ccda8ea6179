import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { TenantId } from '../../core/tenant.js';
import { type VerifyOptions, verifyChain, verifyLedger } from '../../ledger/index.js';

export const NDJSON = 'application/x-ndjson';
export const Seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const Query = z
  .object({ from: Seq.optional(), to: Seq.optional(), depth: z.enum(['chain', 'all']).default('all') })
  .refine(({ from = 0, to = Number.POSITIVE_INFINITY }) => from < to || to === 0);

/**
 * Recomputes the log, or entries `from` up to and without `to`. One JSON verdict; asked for NDJSON, lines of progress
 * before it as they come. An answer without a verdict is a failure.
 */
export async function answerVerification(
  context: Context,
  deps: { pool: Pool; tenant: TenantId } & Omit<VerifyOptions, 'range' | 'onProgress'>,
): Promise<Response> {
  const { pool, tenant, ...options } = deps;
  const query = Query.safeParse(context.req.query());
  if (!query.success)
    return context.json(
      {
        ok: false,
        code: 'malformed',
        message: 'from is the first entry, to the one after the last; depth is chain or all.',
      },
      400,
    );
  const { depth, from, to } = query.data;
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const verify = depth === 'chain' ? verifyChain : verifyLedger;
  if (context.req.header('accept') !== NDJSON)
    return context.json(await verify(pool, tenant, { ...options, range }));
  context.header('content-type', NDJSON);
  return stream(context, async (out) => {
    const say = async (line: object) => void (await out.write(`${JSON.stringify(line)}\n`));
    const onProgress = (progress: object) => say({ progress });
    await say({ verdict: await verify(pool, tenant, { ...options, range, onProgress }) });
  });
}
