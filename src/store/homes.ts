import { PrincipalId, type TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

/** Notes that a person opened their App Home, and has it published whatever they were shown last. */
export async function openHome(
  store: Store,
  opened: { tenant: TenantId; person: PrincipalId; at: Date },
): Promise<void> {
  await store.pool.query('SELECT gate.open_home($1, $2, $3)', [opened.tenant, opened.person, opened.at]);
}

/** Everybody who has ever opened their App Home. */
export async function readHomesOpened(store: Store, tenant: TenantId): Promise<PrincipalId[]> {
  const rows = await store.prisma.projection.findMany({
    where: { tenant, surface: 'home', requestId: { startsWith: 'home:' } },
    select: { requestId: true },
  });
  return rows.map((row) => PrincipalId.parse(row.requestId.slice('home:'.length)));
}
