import type { Clock } from '../core/clock.js';
import type { PacketId, PrincipalId, TenantId } from '../core/tenant.js';
import type { PacketPayload, Receipt } from '../packet/index.js';
import type { Policy } from '../policy/index.js';
import type { Store } from '../store/index.js';
import type { Sources } from './sources.js';

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
}

/** Whether people are still who the organisation's files say, asked of Slack itself when a vote counts. */
export interface Directory {
  /** @throws CountersignError `directory_unreachable`: unknown is not a no, and never a yes. */
  standing(principal: PrincipalId): Promise<'active' | 'deactivated' | 'guest'>;
}
