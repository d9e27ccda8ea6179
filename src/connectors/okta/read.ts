import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import type { Vendor } from '../../http/index.js';
import type { AccountState, ScopeInspection, ScopePlace } from '../connector.js';

const User = z.object({ id: z.string(), status: z.string(), profile: z.object({ login: z.string() }) });
export type User = z.infer<typeof User>;
const Group = z.object({ id: z.string(), type: z.string(), profile: z.object({ name: z.string() }) });

/** Whose accounts may sign in; a grant to any other is not what was approved. */
const ACTIVE = new Set(['ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED']);

/** The public keys: the cheapest thing that every Okta answers, with its own time. */
export async function readClock(okta: Vendor): Promise<Date> {
  const { headers } = await okta.call('GET', '/oauth2/v1/keys');
  return new Date(headers.get('date') ?? Number.NaN);
}

/**
 * Membership is what a grant gives; what else hangs on the group is shown beside it: a role of an administrator. A group
 * that Okta or a directory fills by itself cannot be taken back from anybody.
 */
export async function inspectScope(okta: Vendor, scope: ScopePlace): Promise<ScopeInspection> {
  const path = groupPath(scope);
  const answer = await okta.call('GET', path);
  if (!answer.found)
    throw new CountersignError('target_refused', 'The target has no such scope.', { detail: scope.role });
  const group = Group.parse(answer.body);
  const roles = z.array(z.object({ type: z.string() })).parse(await okta.list(`${path}/roles`));
  const words = [`MEMBER OF GROUP ${group.profile.name}`, ...roles.map(({ type }) => `ADMIN ROLE ${type}`)];
  return {
    privileges: [...new Set(words)].sort(),
    unclean: group.type === 'OKTA_GROUP' ? [] : [`the group is filled by others: ${group.type}`],
    publicExcess: [],
  };
}

/** By its own login and nothing else: Okta would also find an account by its id or by the short form of its login. */
export async function findUser(okta: Vendor, login: string): Promise<User | null> {
  const answer = await okta.call('GET', `/api/v1/users/${encodeURIComponent(login)}`);
  const user = answer.found ? User.parse(answer.body) : null;
  return user !== null && user.profile.login.toLowerCase() === login.toLowerCase() ? user : null;
}

export async function isMember(okta: Vendor, userId: string, scope: ScopePlace): Promise<boolean> {
  const answer = await okta.call('GET', `/api/v1/users/${encodeURIComponent(userId)}`);
  if (!answer.found) return false;
  const groups = await okta.list(`/api/v1/users/${encodeURIComponent(userId)}/groups`);
  return z
    .array(z.object({ id: z.string() }))
    .parse(groups)
    .some(({ id }) => id === scope.role);
}

export async function readAccount(
  okta: Vendor,
  login: string,
  scope: ScopePlace | null,
): Promise<AccountState | null> {
  const user = scope === null ? null : await findUser(okta, login);
  if (scope === null || user === null || !(await isMember(okta, user.id, scope))) return null;
  return {
    account: login,
    id: user.id,
    canLogin: ACTIVE.has(user.status),
    validUntil: null,
    memberships: [scope.role],
    excessAttributes: [],
    sessions: 0,
    note: null,
  };
}

export const groupPath = (scope: ScopePlace): string => `/api/v1/groups/${encodeURIComponent(scope.role)}`;
