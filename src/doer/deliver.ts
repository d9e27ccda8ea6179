import pg from 'pg';
import type { DoerContext } from './context.js';
import { codeOf } from './failure.js';
import { shareProof } from './glass/keep.js';
import { shareTombstones } from './tombstones.js';

/**
 * Hands over the tombstones, proofs and receipts that wait on our own disk. Throws while our database is away; they keep
 * (rule 12). One that the database refuses holds up none of the others.
 */
export async function deliverReceipts(context: DoerContext): Promise<void> {
  await shareTombstones(context);
  for (const proof of context.disk.unsharedProofs())
    await isTaken(context, proof.packetId, () => shareProof(context, proof));
  for (const [packetId, bytes] of [...context.disk.pendingReceipts()]) {
    if (!(await isTaken(context, packetId, () => context.database.deliver(packetId, bytes)))) continue;
    await context.faults('doer.delivered');
    context.disk.dropReceipt(packetId);
  }
}

async function isTaken(
  context: DoerContext,
  packetId: string,
  handOver: () => Promise<void>,
): Promise<boolean> {
  try {
    await handOver();
    return true;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    context.log.error({ packetId, code: codeOf(error) }, 'doer: a receipt or proof was not taken');
    return false;
  }
}
