import { z } from 'zod';

const REPOSITORY = '[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}';

/** `owner/name`, as GitHub writes it. */
export const Repository = z
  .string()
  .regex(new RegExp(`^${REPOSITORY}$`), 'a repository looks like owner/name');

/** A whole commit id of git (SHA-1), lower-case hex: the only name of a commit that nobody can move. */
export const CommitSha = z.string().regex(/^[0-9a-f]{40}$/);

/** What a deployment brings into production, as it is sealed: `owner/name@<40 hex>`. */
export const SealedChange = z.string().regex(new RegExp(`^${REPOSITORY}@[0-9a-f]{40}$`));

/** The repository and ref somebody wrote as `owner/name@ref`, or null. A ref is a branch, a tag or a commit id. */
export function parseChange(text: string): { repository: string; ref: string } | null {
  const written = new RegExp(`^(${REPOSITORY})@([^\\s~^:?*[\\\\@{}]{1,200})$`).exec(text.trim());
  const [, repository, ref] = written ?? [];
  return repository === undefined || ref === undefined || ref.includes('..') ? null : { repository, ref };
}
