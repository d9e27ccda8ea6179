import type { RequestId } from '../core/tenant.js';
import type { PacketKind } from '../packet/index.js';

/** What a lease was taken for: an answer about this request and kind tells of it. */
export interface LeaseUse {
  requestId: RequestId;
  kind: PacketKind;
}

/** One lease, from its making to its proved end; `revokedAt` is null where that was not proved, and the sweep ends it. */
export interface LeaseTrace {
  id: string;
  issuedAt: string;
  revokedAt: string | null;
}

/** An end that cannot be proved takes a lease at each try; an answer tells of the newest ones. */
const MOST_TOLD = 20;

/** Leases not told of yet: every answer carries those it took, so that they are entries of the ledger with it. */
export function leaseBook() {
  const untold = new Map<string, readonly LeaseTrace[]>();
  const keyOf = ({ requestId, kind }: LeaseUse): string => `${requestId} ${kind}`;
  return {
    note(uses: readonly LeaseUse[], lease: LeaseTrace): void {
      for (const use of uses) {
        const key = keyOf(use);
        untold.set(key, [...(untold.get(key) ?? []), lease].slice(-MOST_TOLD));
      }
    },
    take(use: LeaseUse): readonly LeaseTrace[] {
      const leases = untold.get(keyOf(use)) ?? [];
      untold.delete(keyOf(use));
      return leases;
    },
  };
}
