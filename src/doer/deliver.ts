import type { DoerContext } from './context.js';
import { shareTombstones } from './tombstones.js';

/** Hands over the tombstones and receipts that wait on our own disk. Throws while our database is away; they keep (rule 12). */
export async function deliverReceipts(context: DoerContext): Promise<void> {
  await shareTombstones(context);
  for (const [packetId, bytes] of [...context.disk.pendingReceipts()]) {
    await context.database.deliver(packetId, bytes, context.clock.now());
    await context.faults('doer.delivered');
    context.disk.dropReceipt(packetId);
  }
}
