import type { MiddlewareHandler } from 'hono';
import type { Pool } from 'pg';
import { z } from 'zod';
import { sha256Hex } from '../../core/canonical.js';
import type { Clock } from '../../core/clock.js';
import type { TenantId } from '../../core/tenant.js';

/** Who reads: the label its token was issued under. Null when the token is unknown, expired or revoked. */
export type AuthenticateAuditor = (token: string) => Promise<{ label: string } | null>;

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

export interface AuditorsOnly {
  authenticate: AuthenticateAuditor;
  /** Ledgers the read before it is answered: an auditor's reading is an event too. */
  onRead: (label: string, what: string) => Promise<void>;
  /** Hears of each request without a token that is good. */
  onRefused: () => Promise<void>;
}

const LONGEST_READ = 200;

/** Lets auditors through, and nobody before it is written down. */
export const auditorsOnly =
  ({ authenticate, onRead, onRefused }: AuditorsOnly): MiddlewareHandler =>
  async (context, next) => {
    const auditor = await readBearer(context.req.header('authorization'), authenticate);
    if (auditor === null) {
      await onRefused();
      return context.json({ ok: false, code: 'unauthorized', message: 'An auditor token is needed.' }, 401);
    }
    const { pathname, search } = new URL(context.req.url);
    await onRead(auditor.label, `${pathname}${search}`.slice(0, LONGEST_READ));
    return next();
  };

/** The auditor a request comes from, or null. */
async function readBearer(
  header: string | undefined,
  authenticate: AuthenticateAuditor,
): Promise<{ label: string } | null> {
  const token = /^Bearer ([\x21-\x7e]{16,512})$/.exec(header ?? '')?.[1];
  return token === undefined ? null : authenticate(token);
}
