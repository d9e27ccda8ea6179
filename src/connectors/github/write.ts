import { CountersignError } from '../../core/errors.js';
import type { Vendor } from '../../http/index.js';
import type { EndProof, NewAccount, ScopePlace } from '../connector.js';
import { readUntil } from '../poll.js';
import { findMembership, loginOf, membershipPath } from './read.js';

/** Only whoever is in the organisation already: anybody else would be invited into it, and that is another decision. */
export async function addMember(github: Vendor, { account, scope }: NewAccount): Promise<void> {
  if ((await findMembership(github, account, scope)) !== null) return;
  const [organisation = ''] = scope.role.split('/');
  const path = `/orgs/${encodeURIComponent(organisation)}/members/${encodeURIComponent(account)}`;
  if (!(await github.call('GET', path)).found)
    throw new CountersignError('target_refused', 'The account is not in the organisation.', {
      detail: 'not in the organisation',
    });
  const put = await github.call('PUT', membershipPath(scope, account), { json: { role: 'member' } });
  if (!put.found)
    throw new CountersignError('target_refused', 'The target has no such scope.', { detail: scope.role });
  await readUntil(
    () => findMembership(github, account, scope),
    (membership) => membership?.state === 'active',
  );
}

/** GitHub asks about the team at every act, so no session outlives the membership. */
export async function removeMember(
  github: Vendor,
  account: string,
  { id, scope }: { id: string | null; scope: ScopePlace | null },
): Promise<EndProof> {
  if (scope === null) return proofOf(['a membership of a scope that is not in the targets file']);
  const login = (id === null ? null : await loginOf(github, id)) ?? account;
  await github.call('DELETE', membershipPath(scope, login));
  const left = await readUntil(
    () => findMembership(github, login, scope),
    (membership) => membership === null,
  );
  return proofOf(left === null ? [] : [`membership of the team (${left.state})`]);
}

const proofOf = (remains: readonly string[]): EndProof => ({
  proved: remains.length === 0,
  sessionsEnded: [],
  objectsDropped: 0,
  remains,
  readBack: { membership: remains.length === 0 ? 'absent' : 'present' },
});
