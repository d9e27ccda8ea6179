import { Hono } from 'hono';
import type { Pool } from 'pg';
import { z } from 'zod';
import { sha256Hex } from '../../core/canonical.js';
import type { Clock } from '../../core/clock.js';
import type { TenantId } from '../../core/tenant.js';
import { type SubjectKeys, verifyLedger } from '../../ledger/index.js';

/** Who reads: the label its token was issued under. Null when the token is unknown, expired or revoked. */
export type AuthenticateAuditor = (token: string) => Promise<{ label: string } | null>;

export interface AuditDeps {
  pool: Pool;
  tenant: TenantId;
  authenticate: AuthenticateAuditor;
  /** Ledgers the read before it is answered: an auditor's reading is an event too. */
  onRead: (label: string, what: string) => Promise<void>;
  subjectKeys: SubjectKeys | null;
}

type AuditEnv = { Variables: { label: string } };

/** `/v1/audit/…`, for who holds an auditor's token. */
export function auditRoutes(deps: AuditDeps): Hono<AuditEnv> {
  const app = new Hono<AuditEnv>();
  app.use('/v1/audit/*', async (context, next) => {
    const auditor = await readBearer(context.req.header('authorization'), deps.authenticate);
    if (!auditor)
      return context.json({ ok: false, code: 'unauthorized', message: 'An auditor token is needed.' }, 401);
    context.set('label', auditor.label);
    return next();
  });
  app.get('/v1/audit/verify', async (context) => {
    await deps.onRead(context.get('label'), 'verify');
    return context.json(await verifyLedger(deps.pool, deps.tenant, { subjectKeys: deps.subjectKeys }));
  });
  return app;
}

/** Looks tokens up by their SHA-256 in `gate.auditor_token`; the token itself is stored nowhere. */
export function auditorTokens(deps: { pool: Pool; tenant: TenantId; clock: Clock }): AuthenticateAuditor {
  return async (token) => {
    const { rows } = await deps.pool.query(
      `SELECT label FROM gate.auditor_token
       WHERE tenant = $1 AND digest = $2 AND expires_at > $3 AND revoked_at IS NULL`,
      [deps.tenant, sha256Hex(token), deps.clock.now()],
    );
    return z
      .object({ label: z.string() })
      .nullable()
      .parse(rows[0] ?? null);
  };
}

async function readBearer(
  header: string | undefined,
  authenticate: AuthenticateAuditor,
): Promise<{ label: string } | null> {
  const token = /^Bearer ([\x21-\x7e]{16,512})$/.exec(header ?? '')?.[1];
  return token === undefined ? null : authenticate(token);
}
