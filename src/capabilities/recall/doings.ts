import { z } from 'zod';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { readRequestsById, readRequestsWith, readVotesBy, type StoredRequest } from '../../store/index.js';
import type { Stop, VerbContext } from '../define.js';
import type { Item } from './schemas.js';

/**
 * Everything this account asked for or approved since then, votes taken back included, newest first, with what a stop
 * does to each; a child is judged with its parent.
 */
export async function whatTheyDid(
  context: VerbContext,
  person: PrincipalId,
  since: Date,
  because: Stop,
): Promise<Item[]> {
  const fate = (one: StoredRequest): Item['fate'] => {
    if (one.dueAt === null) return 'over';
    return context.others.stops(one, because) ? 'stopped' : 'left_open';
  };
  const { store, tenant } = context;
  const asked = await readRequestsWith(store, tenant, { person, since });
  const votes = await readVotesBy(store, tenant, { person, voided: true, since });
  const approvedAt = new Map<RequestId, Date>(
    votes.filter((vote) => vote.verdict === 'approve').map((vote) => [vote.requestId, vote.castAt]),
  );
  const approved = await readRequestsById(store, tenant, [...approvedAt.keys()]);
  return [
    ...asked
      .filter((one) => one.requester === person && one.parentId === null && askedAt(one) >= since)
      .map((one) => itemOf(one, { part: 'asked', at: askedAt(one), fate: fate(one) })),
    ...approved
      .filter((one) => one.requester !== person)
      .map((one) =>
        itemOf(one, { part: 'approved', at: approvedAt.get(one.id) ?? one.createdAt, fate: fate(one) }),
      ),
  ].toSorted((one, other) => other.at.localeCompare(one.at));
}

const Edited = z.object({ edits: z.array(z.object({ at: z.coerce.date() })) });

/** When its requester last said what it should be: an edit asks anew. */
const askedAt = (request: StoredRequest): Date =>
  Edited.safeParse(request.details).data?.edits.at(-1)?.at ?? request.createdAt;

const itemOf = (
  request: StoredRequest,
  { at, ...did }: Pick<Item, 'part' | 'fate'> & { at: Date },
): Item => ({
  ...did,
  id: request.id,
  number: request.number,
  capability: request.capability,
  requester: request.requester,
  subject: request.subject,
  at: at.toISOString(),
  judged: null,
});
