import { DatabaseError } from 'pg';
import { z } from 'zod';
import type { Json } from '../core/canonical.js';
import { CountersignError } from '../core/errors.js';
import { type Outcome, ok, refused } from '../core/outcome.js';
import type { PacketId, PrincipalId, RequestId, TenantId } from '../core/tenant.js';
import { type EventDraft, prepareEvent } from '../ledger/index.js';
import { type Decision, isMinted } from '../policy/index.js';
import type { Effect } from './effects.js';
import type { Store } from './store.js';

/** One request's compare-and-set on (state, version); `from: null` opens it. */
export interface RequestChange {
  id: RequestId;
  capability: string;
  requester: PrincipalId;
  subject: PrincipalId;
  parentId?: RequestId;
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

export type CommitCode =
  | 'lost_race'
  | 'input_seen'
  | 'handle_taken'
  | 'receipt_known'
  | 'genesis_exists'
  | 'window_closed'
  | 'still_open';
export type Committed = { numbers: Readonly<Record<string, number>> };

/**
 * The only write door (rule 1): state, ledger inbox and outbox in one statement on the pool Prisma shares. Measured, a
 * Prisma interactive transaction did a tenth to a third of this.
 * @throws CountersignError `decision_forged` when the decision was not minted by policy/.
 */
export async function commit(store: Store, change: Commit): Promise<Outcome<Committed, CommitCode>> {
  return write(store, change);
}

export interface Refusal {
  tenant: TenantId;
  at: Date;
  decision: Decision<'deny' | 'block'>;
  event: EventDraft;
  input?: string;
  effects?: readonly Effect[];
  /** A refused packet's receipt is settled by its refusal. */
  receipt?: ReceiptWrite;
}

export interface Refused {
  ok: false;
  /** Of the first reason, as is the message: one sentence is what a person can act on. */
  code: string;
  message: string;
  /** All of them, for a form that can show each where it belongs. */
  reasons: readonly { rule: string; message: string }[];
}

/** Ledgers a denial through the same door and gives back the answer for the person. */
export async function refuse(store: Store, refusal: Refusal): Promise<Refused> {
  const effects = [...(refusal.effects ?? []), ...alertOf(refusal)];
  const written = await write(store, { ...refusal, effects, changes: [] });
  if (!written.ok) return { ...written, reasons: [] };
  const { reasons } = refusal.decision;
  const [first] = reasons;
  return { ...refused(first?.rule ?? 'policy.denied', first?.message ?? 'Not allowed.'), reasons };
}

/** A block is a refusal that somebody must hear of: security, wherever alerts go. */
function alertOf({ decision, event }: Refusal): Effect[] {
  if (decision.effect !== 'block') return [];
  const why = decision.reasons.map(({ rule, message }) => `${message} (${rule})`).join(' ');
  const who = typeof event.actor === 'string' ? event.actor : event.actor.process;
  return [
    {
      kind: 'alert',
      requestId: event.requestId,
      alert: event.type,
      channel: 'codex-hps',
      text: `An attempt of ${who} was blocked. They were told: ${why}`,
    },
  ];
}

type Write = Omit<Commit, 'decision'> & { decision: Decision };

async function write(store: Store, change: Write): Promise<Outcome<Committed, CommitCode>> {
  if (!isMinted(change.decision))
    throw new CountersignError('decision_forged', 'This action was not decided by policy.');
  const statement = await toStatement(store, change);
  try {
    const result = await store.pool.query({
      name: 'gate-commit',
      text: 'SELECT gate.commit($1::jsonb) AS committed',
      values: [statement],
    });
    return ok(Result.parse(result.rows[0]).committed);
  } catch (error) {
    const code = error instanceof DatabaseError ? REFUSED_BY_DATABASE[error.code ?? ''] : undefined;
    if (code === undefined) throw error;
    return refused(code, MESSAGES[code]);
  }
}

async function toStatement(store: Store, change: Write): Promise<string> {
  const drafts = [change.event, ...(change.moreEvents ?? [])];
  const events = await Promise.all(
    drafts.map((draft) =>
      prepareEvent(store, { tenant: change.tenant, at: change.at, draft, decision: change.decision }),
    ),
  );
  const eventId = events[0]?.eventId ?? null;
  return JSON.stringify({
    tenant: change.tenant,
    at: change.at.toISOString(),
    input: change.input ?? null,
    changes: change.changes.map(changeRow),
    votes: change.votes ?? [],
    voidVotes: change.voidVotes ?? [],
    take: change.take ?? [],
    release: change.release ?? [],
    turns: change.turns ?? [],
    receipt: change.receipt ? { ...change.receipt, inboxId: change.receipt.inboxId.toString() } : null,
    use: change.use ?? null,
    apply: change.apply
      ? { ...change.apply, bundle: Buffer.from(change.apply.bundle).toString('base64') }
      : null,
    auditorTokens: (change.auditorTokens ?? []).map((token) => ({
      ...token,
      expiresAt: token.expiresAt.toISOString(),
    })),
    revokeTokens: change.revokeTokens ?? [],
    erase: change.erase ?? null,
    events,
    effects: [...change.changes.flatMap(ownEffects), ...(change.effects ?? []).flatMap(perSink)].map(
      (effect) => effectRow(effect, eventId),
    ),
  });
}

const changeRow = (change: RequestChange) => ({
  id: change.id,
  capability: change.capability,
  requester: change.requester,
  subject: change.subject,
  parentId: change.parentId ?? null,
  from: change.from,
  state: change.to.state,
  details: change.to.details,
  dueAt: change.to.dueAt?.toISOString() ?? null,
});

function ownEffects(change: RequestChange): Effect[] {
  const effects: Effect[] = [{ kind: 'project', requestId: change.id }];
  if (change.to.dueAt !== null) {
    const version = (change.from?.version ?? 0) + 1;
    effects.push({ kind: 'due', requestId: change.id, version, at: change.to.dueAt.toISOString() });
  }
  return effects;
}

const perSink = (effect: Effect): Effect[] =>
  effect.kind === 'alert' && effect.sink === undefined
    ? [
        { ...effect, sink: 'slack' },
        { ...effect, sink: 'webhook' },
      ]
    : [effect];

const effectRow = (effect: Effect, eventId: string | null) => ({
  kind: effect.kind,
  key: `${effect.kind}-${effect.requestId ?? 'tenant'}`,
  requestId: effect.requestId,
  eventId: effect.kind === 'packet' && effect.awaitsEvent ? eventId : null,
  payload: effect,
});

const Result = z.object({ committed: z.object({ numbers: z.record(z.string(), z.number()) }) });

const REFUSED_BY_DATABASE: Record<string, CommitCode> = {
  CS001: 'lost_race',
  CS002: 'input_seen',
  CS003: 'handle_taken',
  CS004: 'receipt_known',
  CS005: 'genesis_exists',
  CS010: 'window_closed',
  CS011: 'still_open',
};

const MESSAGES: Record<CommitCode, string> = {
  lost_race: 'Someone else changed this a moment ago.',
  input_seen: 'This was already answered.',
  handle_taken: 'Someone else holds this.',
  receipt_known: 'This was already settled.',
  genesis_exists: 'Rules are already in force.',
  window_closed: 'That window is closed to this.',
  still_open: 'Something of that person is open.',
};
