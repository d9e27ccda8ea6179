import type { RequestId } from '../core/tenant.js';
import type { DoerContext } from './context.js';
import { codeOf } from './failure.js';

/** Rule 8: whatever was ended stays ended. Asks our own disk first, then the schema all doers share. */
export async function isEndedForGood(context: DoerContext, requestId: RequestId): Promise<boolean> {
  return (
    context.disk.tombstoneOf(requestId) !== undefined || (await context.database.isTombstoned(requestId))
  );
}

/**
 * Marks grants as ended for good: on our own disk when this returns, in the schema all doers share when the promise
 * resolves. It never rejects; what our database did not take is handed over with the receipts.
 */
export function buryGrants(
  context: DoerContext,
  system: string,
  requestIds: readonly RequestId[],
): Promise<void> {
  const now = context.clock.now();
  for (const requestId of requestIds) {
    const createdAt = context.disk.owed(requestId)?.createdAt ?? null;
    context.disk.bury({ requestId, system, createdAt, endedAt: now.toISOString() });
  }
  return shareTombstones(context).catch((error: unknown) =>
    context.log.warn({ requestIds, code: codeOf(error) }, 'doer: tombstones kept on disk only'),
  );
}

/** Throws while our database is away. */
export async function shareTombstones(context: DoerContext): Promise<void> {
  const requestIds = context.disk.unsharedTombstones();
  await context.database.bury(requestIds, context.clock.now());
  context.disk.markShared(requestIds);
}
