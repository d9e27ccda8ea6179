import { z } from 'zod';
import {
  type Change,
  type ChangeFault,
  type CodeSource,
  CommitSha,
  CommitUrl,
  parseChange,
  Repository,
} from '../../core/change.js';
import { PrincipalId } from '../../core/tenant.js';
import type { Organisation } from '../../policy/index.js';
import type { VerbContext } from '../define.js';

/** What a request deploys, as it was read when asked: sealed by its commit, stored with everyone who had a part in it. */
export const Deployed = z.object({
  repository: Repository,
  sha: CommitSha,
  url: CommitUrl,
  /** The commit it takes the place of; null for a first deployment. */
  since: CommitSha.nullable(),
  commits: z.int(),
  authors: z.array(PrincipalId),
});
export type Deployed = z.infer<typeof Deployed>;

/** What is known of a change; anything but `read` means no (rule 15). */
export interface ChangeFinding {
  status: 'read' | 'missing' | 'other_repository' | ChangeFault;
  of: Deployed | null;
}

type Scope = Organisation['systems'][number]['scopes'][number];

/** Resolves what somebody wrote as `owner/name@ref`. Null where the scope deploys nothing: what was written is then dropped. */
export async function findChange(
  context: VerbContext,
  scope: Scope | undefined,
  written: string | null,
): Promise<ChangeFinding | null> {
  if (scope?.change === undefined) return null;
  const parsed = parseChange(written ?? '');
  if (parsed === null) return { status: 'missing', of: null };
  return isOf(scope, parsed.repository)
    ? readChange(context, { ...scope.change, ref: parsed.ref })
    : { status: 'other_repository', of: null };
}

/** The sealed commit with the facts of this moment. Whoever was an author when it was sealed stays one. */
export async function refreshChange(
  context: VerbContext,
  scope: Scope | undefined,
  sealed: Deployed | null,
): Promise<ChangeFinding | null> {
  if (sealed === null) return null;
  if (scope?.change === undefined || !isOf(scope, sealed.repository))
    return { status: 'other_repository', of: sealed };
  const fresh = await readChange(context, { ...scope.change, ref: sealed.sha });
  const authors = [...new Set([...sealed.authors, ...(fresh.of?.authors ?? [])])].toSorted();
  return { status: fresh.status, of: { ...sealed, authors } };
}

export const sealedChange = (change: Deployed | null): string | null =>
  change === null ? null : `${change.repository}@${change.sha}`;

const isOf = (scope: Scope, repository: string): boolean =>
  scope.change?.repository.toLowerCase() === repository.toLowerCase();

async function readChange(
  context: VerbContext,
  wanted: Parameters<CodeSource['readChange']>[0],
): Promise<ChangeFinding> {
  const read = await context.sources.code?.readChange(wanted);
  if (!read?.ok) return { status: read?.fault ?? 'unavailable', of: null };
  const { logins, emails, ...change } = read.change;
  const found = [...logins, ...emails].map((name) => principalOf(context.policy.organisation, name));
  const authors = [...new Set(found.filter((one) => one !== null))].toSorted();
  return { status: found.includes(null) ? 'unknown_author' : 'read', of: { ...change, authors } };
}

/** Whose login or address this is; somebody who has left keeps the part they had. */
function principalOf({ people }: Organisation, name: Change['logins'][number]): PrincipalId | null {
  const owner = people.find(
    ({ identities }) =>
      identities.github?.toLowerCase() === name ||
      (name.includes('@') && identities.email.toLowerCase() === name),
  );
  return owner?.id ?? null;
}
