import { prepareEvent } from '../ledger/index.js';
import type { Effect } from './effects.js';
import type { Store } from './store.js';
import type { RequestChange, Write } from './writes.js';

/** What gate.commit is given: the whole of a write, with its entries prepared, as one JSON text. */
export async function toStatement(store: Store, change: Write): Promise<string> {
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
    effects: [
      ...change.changes.flatMap(ownEffects),
      ...(change.effects ?? []).map((effect) => ofOccasion(effect, eventId)).flatMap(perSink),
    ].map((effect) => effectRow(effect, eventId)),
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
  const effects: Effect[] = [{ kind: change.isUrgent ? 'project_first' : 'project', requestId: change.id }];
  if (change.to.dueAt !== null) {
    const version = (change.from?.version ?? 0) + 1;
    effects.push({ kind: 'due', requestId: change.id, version, at: change.to.dueAt.toISOString() });
  }
  return effects;
}

/** What is alerted twice, each for a reason of its own, must not fold into the incident that is open. */
const ofOccasion = (effect: Effect, eventId: string | null): Effect =>
  effect.kind === 'alert' && eventId !== null ? { occasion: eventId, ...effect } : effect;

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
  eventId: awaitsEvent(effect) ? eventId : null,
  payload: effect,
});

const awaitsEvent = (effect: Effect): boolean =>
  effect.kind === 'project_sequenced' || (effect.kind === 'packet' && effect.awaitsEvent);
