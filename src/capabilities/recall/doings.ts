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
    ...asked.filter((one) => one.requester === person).map((one) => itemOf(one, 'asked', one.createdAt)),
    ...approved
      .filter((one) => one.requester !== person)
      .map((one) => itemOf(one, 'approved', approvedAt.get(one.id) ?? one.createdAt)),
  ].toSorted((one, other) => other.at.localeCompare(one.at));
}

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
