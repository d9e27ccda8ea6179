import type { PacketPayload } from '../packet/index.js';
import type { ReleasedPacket } from './database.js';

const RETRY_MS = 1_000;

export const isEnding = ({ kind }: Pick<ReleasedPacket, 'kind'>): boolean =>
  kind === 'end' || kind === 'rotate';

/** The packets this doer works on now, and those it looks at again later. */
export function packetHand() {
  const rows = new Map<string, ReleasedPacket>();
  const retryAt = new Map<string, number>();
  // One beginning at a time a grant.
  const busy = new Set<string>();
  const putOff = (id: string, milliseconds = RETRY_MS): void => {
    retryAt.set(id, performance.now() + milliseconds);
  };
  return {
    ids: (): string[] => [...rows.keys()],
    beginnings: (): number => [...rows.values()].filter((row) => !isEnding(row)).length,
    rowOf: (id: string): ReleasedPacket | undefined => rows.get(id),
    isBusy: ({ requestId }: ReleasedPacket): boolean => busy.has(requestId),
    putOff,
    take: (row: ReleasedPacket): void => {
      rows.set(row.id, row);
    },
    begin(payload: PacketPayload): void {
      if (payload.kind !== 'end') busy.add(payload.requestId);
    },
    drop: (id: string): boolean => rows.delete(id),
    finish(payload: PacketPayload): void {
      rows.delete(payload.id);
      if (payload.kind !== 'end') busy.delete(payload.requestId);
    },
    /** In hand or put off: left out by the query that looks for more, since they must not fill its limit. */
    notNow(): string[] {
      for (const [id, at] of retryAt) if (at <= performance.now()) retryAt.delete(id);
      return [...rows.keys(), ...retryAt.keys()];
    },
  };
}
