import type { TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

/** What is held under handles that begin so, e.g. every `frozen:`. */
export const readHandles = (
  store: Store,
  tenant: TenantId,
  prefix: string,
): Promise<{ handle: string; holder: string }[]> =>
  store.prisma.handle.findMany({
    where: { tenant, handle: { startsWith: prefix } },
    orderBy: { heldAt: 'asc' },
    select: { handle: true, holder: true },
  });
