import type { RequestId } from '../core/tenant.js';
import type { DoerContext } from './context.js';

/** Rule 8: whatever was ended stays ended. Asks our own disk first, then the schema all doers share. */
export async function isEndedForGood(context: DoerContext, requestId: RequestId): Promise<boolean> {
  return (
    context.disk.tombstoneOf(requestId) !== undefined || (await context.database.isTombstoned(requestId))
  );
}

/**
 * Marks a grant as ended for good, before the end is tried: another doer that is just beginning it looks for the mark
 * after it made the account, so one of the two sees the other. Our database being away does not delay the end.
 */
export async function buryGrant(context: DoerContext, requestId: RequestId, system: string): Promise<void> {
  const now = context.clock.now();
  const createdAt = context.disk.owed(requestId)?.createdAt ?? null;
  context.disk.bury({ requestId, system, createdAt, endedAt: now.toISOString() });
  await context.database
    .bury(requestId, now)
    .catch(() => context.log.warn({ requestId }, 'doer: tombstone kept on disk only'));
}
