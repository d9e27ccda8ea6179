import { z } from 'zod';
import type { TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

/** Notes that Slack does not answer any more. One outage is open at a time, so a second worker adds none. */
export async function beginOutage(store: Store, tenant: TenantId, at: Date): Promise<void> {
  await store.pool.query(
    'INSERT INTO gate.outage (tenant, began_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [tenant, at],
  );
}

/** Notes that Slack answers again; nothing where no outage is open. */
export async function endOutage(store: Store, tenant: TenantId, at: Date): Promise<void> {
  await store.pool.query('UPDATE gate.outage SET ended_at = $2 WHERE tenant = $1 AND ended_at IS NULL', [
    tenant,
    at,
  ]);
}

const Row = z.object({ milliseconds: z.coerce.number() });

/** How long Slack did not answer in all between two instants, in milliseconds; one that goes on counts up to `to`. */
export async function outageWithin(store: Store, tenant: TenantId, from: Date, to: Date): Promise<number> {
  const { rows } = await store.pool.query(
    `SELECT coalesce(sum(1000 * extract(epoch FROM least(coalesce(ended_at, $3), $3) - greatest(began_at, $2))), 0)
       AS milliseconds
     FROM gate.outage WHERE tenant = $1 AND began_at < $3 AND coalesce(ended_at, $3) > $2`,
    [tenant, from, to],
  );
  return Math.round(Row.parse(rows[0]).milliseconds);
}
