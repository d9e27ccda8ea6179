import { z } from 'zod';
import type { PacketId, TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

export interface InboxRow {
  id: bigint;
  packetId: string;
  receipt: Uint8Array;
}

/** The oldest of what the doer left, but for rows that just failed; still unverified. */
export async function readReceiptInbox(
  store: Store,
  tenant: TenantId,
  take: number,
  except: readonly bigint[] = [],
): Promise<InboxRow[]> {
  return store.prisma.receiptInbox.findMany({
    where: { tenant, id: { notIn: [...except] } },
    orderBy: { id: 'asc' },
    take,
    select: { id: true, packetId: true, receipt: true },
  });
}

/** Drops what is settled already or verifies under no key; the refusal is in the ledger by then. */
export async function dropFromInbox(store: Store, tenant: TenantId, id: bigint): Promise<void> {
  await store.pool.query('DELETE FROM gate.receipt_inbox WHERE tenant = $1 AND id = $2', [
    tenant,
    id.toString(),
  ]);
}

const Row = z.object({ receipt: z.instanceof(Uint8Array) });

/** A receipt that commit() has settled, as its signed bytes. */
export async function readReceipt(
  store: Store,
  tenant: TenantId,
  packetId: PacketId,
): Promise<Uint8Array | null> {
  const row = await store.prisma.receipt.findUnique({
    where: { tenant_packetId: { tenant, packetId } },
    select: { receipt: true },
  });
  return row === null ? null : Row.parse(row).receipt;
}
