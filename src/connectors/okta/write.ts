import { CountersignError } from '../../core/errors.js';
import type { Vendor } from '../../http/index.js';
import type { EndProof, NewAccount, ScopePlace } from '../connector.js';
import { readUntil } from '../poll.js';
import { findUser, groupPath, isMember } from './read.js';

export async function addMember(okta: Vendor, { account, scope }: NewAccount): Promise<void> {
  const user = await findUser(okta, account);
  if (user === null)
    throw new CountersignError('target_refused', 'The target has no such account.', {
      detail: 'no such account',
    });
  await okta.call('PUT', `${groupPath(scope)}/users/${encodeURIComponent(user.id)}`);
  await readUntil(
    () => isMember(okta, user.id, scope),
    (member) => member,
  );
}

/**
 * Out of the group first, then every session of that person: an application asks for groups when somebody signs in, so a
 * session begun before would go on. Okta ends sessions and refresh tokens without telling how many there were.
 */
export async function removeMember(
  okta: Vendor,
  login: string,
  { id, scope }: { id: string | null; scope: ScopePlace | null },
): Promise<EndProof> {
  const userId = id ?? (await findUser(okta, login))?.id ?? null;
  if (scope === null) return proofOf(['a membership of a scope that is not in the targets file'], 'unknown');
  if (userId === null) return proofOf([], 'no account');
  const member = encodeURIComponent(userId);
  await okta.call('DELETE', `${groupPath(scope)}/users/${member}`);
  const isLeft = await readUntil(
    () => isMember(okta, userId, scope),
    (is) => !is,
  );
  await okta.call('DELETE', `/api/v1/users/${member}/sessions?oauthTokens=true`);
  return proofOf(isLeft ? ['membership of the group'] : [], 'ended');
}

const proofOf = (remains: readonly string[], sessions: string): EndProof => ({
  proved: remains.length === 0,
  sessionsEnded: null,
  objectsDropped: 0,
  remains,
  readBack: { membership: remains.length === 0 ? 'absent' : 'present', sessions },
});
