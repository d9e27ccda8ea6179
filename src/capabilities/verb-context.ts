import type { Clock } from '../core/clock.js';
import type { PacketId, PrincipalId, TenantId } from '../core/tenant.js';
import type { PacketPayload, Receipt } from '../packet/index.js';
import type { Policy } from '../policy/index.js';
import type { Stop, Store, StoredRequest } from '../store/index.js';
import type { Sources } from './sources.js';
import type { Gist, Names } from './surfaces.js';

/** All a verb may reach. Built once a process by deps.ts; nothing here is global. */
export interface VerbContext {
  readonly tenant: TenantId;
  readonly clock: Clock;
  readonly store: Store;
  readonly policy: Policy;
  readonly directory: Directory;
  /** Signs with this process's own key; throws on a packet kind the process has no key for. */
  readonly sign: (payload: PacketPayload) => Uint8Array;
  /** Waits for a packet's verified receipt; null when none came within `seconds`. */
  readonly awaitReceipt: (packetId: PacketId, seconds: number) => Promise<Receipt | null>;
  readonly sources: Sources;
  readonly others: Others;
}

/** What it takes to read the ledger. */
export type LedgerReader = Pick<VerbContext, 'store' | 'tenant'>;

/** What is said of any request, each by its own capability: who asks knows none by name. */
export interface Others {
  /** Whether a stop would end or close it as it stands. */
  stops(request: StoredRequest, because: Stop): boolean;
  gist(request: StoredRequest, names: Names): Gist;
}

/** Whether people are still who the organisation's files say, asked of Slack itself when a vote counts. */
export interface Directory {
  /** @throws CountersignError `directory_unreachable`: unknown is not a no, and never a yes. */
  standing(principal: PrincipalId): Promise<'active' | 'deactivated' | 'guest'>;
}
