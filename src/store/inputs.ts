import { z } from 'zod';
import type { RequestId, TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

const Row = z.object({ seen: z.boolean() });

/** What became of a delivery's key, in any process: null when it is new, else the number of the request it moved, if one. */
export async function readInput(
  store: Store,
  tenant: TenantId,
  key: string,
): Promise<{ number: number | null } | null> {
  const seen = await store.prisma.inputSeen.findUnique({
    where: { tenant_key: { tenant, key } },
    select: { requestId: true },
  });
  if (seen === null || seen.requestId === null) return seen && { number: null };
  return store.prisma.request.findUniqueOrThrow({
    where: { tenant_id: { tenant, id: seen.requestId } },
    select: { number: true },
  });
}

/** Marks a delivery as answered where no commit did; true the first time. */
export async function seeInput(store: Store, tenant: TenantId, key: string, at: Date): Promise<boolean> {
  const result = await store.pool.query('SELECT gate.see_input($1, $2, $3) AS seen', [tenant, key, at]);
  return Row.parse(result.rows[0]).seen;
}

/**
 * A click came from a message we did not know of: from now on it is shown the request's state like every other copy
 * (rule 14).
 */
export async function adoptCopy(
  store: Store,
  copy: {
    tenant: TenantId;
    requestId: RequestId;
    /** Which of the request's surfaces it shows. */
    surface: string;
    channel: string;
    ts: string;
    at: Date;
  },
): Promise<void> {
  await store.pool.query('SELECT gate.adopt_copy($1, $2, $3, $4, $5, $6)', [
    copy.tenant,
    copy.requestId,
    copy.surface,
    copy.channel,
    copy.ts,
    copy.at,
  ]);
}
