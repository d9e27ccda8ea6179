import { DatabaseError } from 'pg';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';
import { type Outcome, ok, refused } from '../core/outcome.js';
import type { TenantId } from '../core/tenant.js';
import type { EventDraft } from '../ledger/index.js';
import { type Decision, isMinted } from '../policy/index.js';
import type { Effect } from './effects.js';
import { toStatement } from './statement.js';
import type { Store } from './store.js';
import type { Commit, ReceiptWrite, Write } from './writes.js';

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
