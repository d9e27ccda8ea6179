import { z } from 'zod';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { readRequestsById, readRequestsWith, readVotesBy, type StoredRequest } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import type { Item } from './schemas.js';

/** Everything this account asked for or approved since then, votes taken back included, newest first. */
export async function whatTheyDid(context: VerbContext, person: PrincipalId, since: Date): Promise<Item[]> {
  const { store, tenant } = context;
  const asked = await readRequestsWith(store, tenant, { person, since });
  const votes = await readVotesBy(store, tenant, { person, voided: true, since });
  const approvedAt = new Map<RequestId, Date>(
    votes.filter((vote) => vote.verdict === 'approve').map((vote) => [vote.requestId, vote.castAt]),
  );
  const approved = await readRequestsById(store, tenant, [...approvedAt.keys()]);
  return [
    ...asked
      .filter((one) => one.requester === person && askedAt(one) >= since)
      .map((one) => itemOf(one, 'asked', askedAt(one))),
    ...approved
      .filter((one) => one.requester !== person)
      .map((one) => itemOf(one, 'approved', approvedAt.get(one.id) ?? one.createdAt)),
  ].toSorted((one, other) => other.at.localeCompare(one.at));
}

const Edited = z.object({ edits: z.array(z.object({ at: z.coerce.date() })) });

/** When its requester last said what it should be: an edit asks anew. */
const askedAt = (request: StoredRequest): Date =>
  Edited.safeParse(request.details).data?.edits.at(-1)?.at ?? request.createdAt;

const itemOf = (request: StoredRequest, part: Item['part'], at: Date): Item => ({
  id: request.id,
  number: request.number,
  capability: request.capability,
  requester: request.requester,
  subject: request.subject,
  part,
  at: at.toISOString(),
  stopped: request.dueAt !== null,
  judged: null,
});
