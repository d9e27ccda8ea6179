import type { TenantId } from '../core/tenant.js';
import type { Store } from './store.js';
import type { TurnWrite } from './writes.js';

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

/** Where the turns of these handles are; one that nobody took yet is at 0. */
export async function readTurns(
  store: Store,
  tenant: TenantId,
  handles: readonly string[],
): Promise<TurnWrite[]> {
  const taken = await store.prisma.handle.findMany({
    where: { tenant, holder: '', handle: { in: [...handles] } },
    select: { handle: true, epoch: true },
  });
  return handles.map((handle) => ({
    handle,
    epoch: taken.find((turn) => turn.handle === handle)?.epoch ?? 0,
  }));
}
