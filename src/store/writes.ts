import type { Json } from '../core/canonical.js';
import type { PacketId, PrincipalId, RequestId, TenantId } from '../core/tenant.js';
import type { EventDraft } from '../ledger/index.js';
import type { Decision } from '../policy/index.js';
import type { Effect } from './effects.js';

/** One request's compare-and-set on (state, version); `from: null` opens it. */
export interface RequestChange {
  id: RequestId;
  capability: string;
  requester: PrincipalId;
  subject: PrincipalId;
  parentId?: RequestId;
  /** What it shows waits behind nobody else's messages. */
  isUrgent?: boolean;
  from: { state: string; version: number } | null;
  to: { state: string; details: Json; dueAt: Date | null };
}

export interface VoteWrite {
  id: string;
  requestId: RequestId;
  principal: PrincipalId;
  verdict: 'approve' | 'deny';
  seal: string;
  reason: string | null;
  proof: Json;
}

export interface HandleWrite {
  handle: string;
  holder: string;
  epoch: number;
  exclusive: boolean;
}

/** That nobody took this turn since it was at `epoch`; this commit takes it. */
export interface TurnWrite {
  handle: string;
  epoch: number;
}

export interface ReceiptWrite {
  inboxId: bigint;
  packetId: PacketId;
  requestId: RequestId;
  kind: string;
  outcome: string;
}

export interface ApplyWrite {
  serial: number;
  digest: string;
  organisation: Json;
  bundle: Uint8Array;
}

export interface Commit {
  tenant: TenantId;
  at: Date;
  decision: Decision<'allow' | 'require_hitl' | 'oblige'>;
  /** The entry that says what happened; packets that await an event await this one. */
  event: EventDraft;
  moreEvents?: readonly EventDraft[];
  changes: readonly RequestChange[];
  /** Beyond what every change brings by itself: its projection and its timer. */
  effects?: readonly Effect[];
  /** The delivery this answers; seen once. */
  input?: string;
  votes?: readonly VoteWrite[];
  voidVotes?: readonly string[];
  take?: readonly HandleWrite[];
  release?: readonly Pick<HandleWrite, 'handle' | 'holder'>[];
  /** Turns that were read before what this commit rests on was: lost when another took one since. */
  turns?: readonly TurnWrite[];
  receipt?: ReceiptWrite;
  apply?: ApplyWrite;
  /** One use of a window, for a request that this commit opens. */
  use?: { window: RequestId; request: RequestId };
  auditorTokens?: readonly { digest: string; label: string; expiresAt: Date }[];
  /** Digests of auditors' tokens that end now. */
  revokeTokens?: readonly string[];
  /** Whose texts beside the ledger and on votes go with this; the first change is their erasure. The worker's alone. */
  erase?: PrincipalId;
}

/** The same, or a refusal: what goes through the one door. */
export type Write = Omit<Commit, 'decision'> & { decision: Decision };
