import type { Capability, Names } from '../../../capabilities/index.js';
import { PrincipalId } from '../../../core/tenant.js';
import type { StoredRequest } from '../../../store/index.js';
import { ownerOf } from '../../owner.js';

/** Whom a request is about or from, who voted on it, and everybody its messages name or address. */
export function peopleConcerned(
  capabilities: readonly Capability[],
  request: StoredRequest,
  names: Names,
): Set<PrincipalId> {
  const people = new Set([
    request.requester,
    request.subject,
    ...request.votes.map((vote) => vote.principal),
  ]);
  const noting: Names = {
    ...names,
    person: (id) => {
      people.add(PrincipalId.parse(id));
      return names.person(id);
    },
    mention: (id) => {
      people.add(PrincipalId.parse(id));
      return names.mention(id);
    },
  };
  const capability = ownerOf(capabilities, request);
  for (const { at } of capability?.surfaces(request, noting) ?? []) if ('person' in at) people.add(at.person);
  return people;
}
