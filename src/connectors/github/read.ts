import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import type { Vendor } from '../../http/index.js';
import type { AccountState, ScopeInspection, ScopePlace } from '../connector.js';

const Membership = z.object({ state: z.enum(['active', 'pending']), role: z.string() });
export type Membership = z.infer<typeof Membership>;
const User = z.object({ id: z.int(), login: z.string() });
const Repository = z.object({ full_name: z.string(), permissions: z.record(z.string(), z.boolean()) });

/** What a team may do in a repository, the most first; each holds those after it. */
const PERMISSIONS = ['admin', 'maintain', 'push', 'triage', 'pull'];

/** Answers to anybody, and does not count against a rate limit. */
export async function readClock(github: Vendor): Promise<Date> {
  const { headers } = await github.call('GET', '/rate_limit');
  return new Date(headers.get('date') ?? Number.NaN);
}

/** Being in the team, and what the team may do in each repository: that is what somebody in it gets. */
export async function inspectScope(github: Vendor, scope: ScopePlace): Promise<ScopeInspection> {
  const path = teamPath(scope);
  if (!(await github.call('GET', path)).found)
    throw new CountersignError('target_refused', 'The target has no such scope.', { detail: scope.role });
  const repositories = z.array(Repository).parse(await github.list(`${path}/repos?per_page=100`));
  const words = repositories.map(({ full_name, permissions }) => {
    const most = PERMISSIONS.find((permission) => permissions[permission]) ?? 'pull';
    return `${most.toUpperCase()} ON REPOSITORY ${full_name}`;
  });
  return {
    privileges: [`MEMBER OF TEAM ${scope.role}`, ...words].sort(),
    unclean: [],
    publicExcess: [],
  };
}

/** The account's present login: an id outlives a new name, and whoever took the old name since is somebody else. */
export async function loginOf(github: Vendor, id: string): Promise<string | null> {
  const answer = await github.call('GET', `/user/${encodeURIComponent(id)}`);
  return answer.found ? User.parse(answer.body).login : null;
}

export async function findMembership(
  github: Vendor,
  login: string,
  scope: ScopePlace,
): Promise<Membership | null> {
  const answer = await github.call('GET', membershipPath(scope, login));
  return answer.found ? Membership.parse(answer.body) : null;
}

export async function readAccount(
  github: Vendor,
  login: string,
  scope: ScopePlace | null,
): Promise<AccountState | null> {
  const membership = scope === null ? null : await findMembership(github, login, scope);
  if (scope === null || membership === null) return null;
  const user = User.parse((await github.call('GET', `/users/${encodeURIComponent(login)}`)).body);
  return {
    account: login,
    id: String(user.id),
    canLogin: membership.state === 'active',
    validUntil: null,
    memberships: [scope.role],
    excessAttributes: membership.role === 'member' ? [] : [membership.role.toUpperCase()],
    sessions: 0,
    note: null,
  };
}

/** A scope's role is `organisation/team`. */
function teamPath(scope: ScopePlace): string {
  const [organisation = '', team = ''] = scope.role.split('/').map(encodeURIComponent);
  return `/orgs/${organisation}/teams/${team}`;
}

export const membershipPath = (scope: ScopePlace, login: string): string =>
  `${teamPath(scope)}/memberships/${encodeURIComponent(login)}`;
