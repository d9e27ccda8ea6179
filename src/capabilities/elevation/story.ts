import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { readVotesOn, type StoredVote } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { readEntries } from '../entries.js';
import { refuseAct } from '../refusals.js';
import { judgeAct } from './judge-act.js';
import type { Elevation } from './schemas.js';
import { onCurrent } from './stored.js';

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

async function read(context: VerbContext, request: Elevation) {
  const [votes, events] = await Promise.all([
    readVotesOn(context.store, context.tenant, request.id),
    readEntries(context, { requests: [request.id], since: request.createdAt }),
  ]);
  const takenBack = votes.flatMap(({ voidedAt, ...vote }): TakenBack[] =>
    voidedAt === null ? [] : [{ ...vote, voidedAt }],
  );
  return { request, events, takenBack };
}
