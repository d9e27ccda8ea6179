import pg from 'pg';
import type { DoerContext } from './context.js';
import { codeOf } from './failure.js';
import { shareTombstones } from './tombstones.js';

/**
 * Hands over the tombstones and receipts that wait on our own disk. Throws while our database is away; they keep (rule
 * 12). One that the database refuses holds up none of the others.
 */
export async function deliverReceipts(context: DoerContext): Promise<void> {
  await shareTombstones(context);
  for (const [packetId, bytes] of [...context.disk.pendingReceipts()]) {
    try {
      await context.database.deliver(packetId, bytes, context.clock.now());
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      context.log.error({ packetId, code: codeOf(error) }, 'doer: a receipt was not taken');
      continue;
    }
    await context.faults('doer.delivered');
    context.disk.dropReceipt(packetId);
  }
}
