import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type RequestEvent, readPrincipals, readRequestEvents } from '../../ledger/index.js';
import { isEffect } from '../../policy/index.js';
import { readVotesOn, type StoredVote } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { judgeAct } from './judge-act.js';
import type { Elevation } from './schemas.js';
import { onCurrent } from './stored.js';

/** An entry, with who did it where that is still known. */
export type StoryEvent = Omit<RequestEvent, 'actor'> & { by: PrincipalId | { process: string } | null };

/** A vote that counts no more: taken back, or voided. */
export type TakenBack = StoredVote & { voidedAt: Date };

/** What became of a request, from the ledger's own entries: for its people, its approvers, security and auditors. */
export function story(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    const decision = await judgeAct(context, request, { action: 'follow', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'follow', now, decision });
    return ok(await read(context, request));
  });
}

async function read({ store, tenant }: VerbContext, request: Elevation) {
  const [votes, entries] = await Promise.all([
    readVotesOn(store, tenant, request.id),
    readRequestEvents(store.pool, tenant, request.id),
  ]);
  const actors = entries.flatMap(({ actor }) => (typeof actor === 'string' ? [actor] : []));
  const people = await readPrincipals(store.pool, tenant, [...new Set(actors)]);
  const events = entries.map(
    ({ actor, ...entry }): StoryEvent => ({
      ...entry,
      by: typeof actor === 'string' ? (people.get(actor) ?? null) : actor,
    }),
  );
  const takenBack = votes.flatMap(({ voidedAt, ...vote }): TakenBack[] =>
    voidedAt === null ? [] : [{ ...vote, voidedAt }],
  );
  return { request, events, takenBack };
}
