import { z } from 'zod';
import type { RequestId, TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

const Row = z.object({ seen: z.boolean() });

/** Whether a delivery's key was answered before, by any process. */
export async function inputSeen(store: Store, tenant: TenantId, key: string): Promise<boolean> {
  return (
    (await store.prisma.inputSeen.findUnique({
      where: { tenant_key: { tenant, key } },
      select: { key: true },
    })) !== null
  );
}

/** Marks a delivery as answered where no commit did; true the first time. */
export async function seeInput(store: Store, tenant: TenantId, key: string, at: Date): Promise<boolean> {
  const result = await store.pool.query('SELECT gate.see_input($1, $2, $3) AS seen', [tenant, key, at]);
  return Row.parse(result.rows[0]).seen;
}

/** A click came from a message we did not know of: from now on it is shown the request's state like every other copy (rule 14). */
export async function adoptCopy(
  store: Store,
  copy: { tenant: TenantId; requestId: RequestId; channel: string; ts: string; at: Date },
): Promise<void> {
  await store.pool.query('SELECT gate.adopt_copy($1, $2, $3, $4, $5)', [
    copy.tenant,
    copy.requestId,
    copy.channel,
    copy.ts,
    copy.at,
  ]);
}
