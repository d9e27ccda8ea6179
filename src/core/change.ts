import { z } from 'zod';

const REPOSITORY = '[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}';

/** `owner/name`, as GitHub writes it. */
export const Repository = z
  .string()
  .regex(new RegExp(`^${REPOSITORY}$`), 'a repository looks like owner/name');

/** A whole commit id of git (SHA-1), lower-case hex: the only name of a commit that nobody can move. */
export const CommitSha = z.string().regex(/^[0-9a-f]{40}$/);

/** Where people read a commit: an address that a message can link as it is. */
export const CommitUrl = z.string().regex(/^https?:\/\/[^\s<>|"']{1,500}$/);

/** What a deployment brings into production, as it is sealed: `owner/name@<40 hex>`. */
export const SealedChange = z.string().regex(new RegExp(`^${REPOSITORY}@[0-9a-f]{40}$`));

/** The repository and ref somebody wrote as `owner/name@ref`, or null. A ref is a branch, a tag or a commit id. */
export function parseChange(text: string): { repository: string; ref: string } | null {
  const written = new RegExp(`^(${REPOSITORY})@([^\\s~^:?*[\\\\@{}]{1,200})$`).exec(text.trim());
  const [, repository, ref] = written ?? [];
  return repository === undefined || ref === undefined || ref.includes('..') ? null : { repository, ref };
}

/** What deploying one commit brings: everything since the last deployment, and everyone who had a part in it. */
export interface Change {
  repository: string;
  sha: string;
  /** Where people read the commit. */
  url: string;
  /** The commit that is deployed now; null before the first deployment. */
  since: string | null;
  commits: number;
  /** Lower-case logins of the source. */
  logins: readonly string[];
  /** Lower-case addresses of co-authors named by address alone. */
  emails: readonly string[];
}

/**
 * Why a change was not read: the source was `unavailable`, the repository or commit `not_found`, a list `cut_short`, or
 * some part of it has an `unknown_author`. Each means no.
 */
export type ChangeFault = 'unavailable' | 'not_found' | 'cut_short' | 'unknown_author';

export type ChangeRead = { ok: true; change: Change } | { ok: false; fault: ChangeFault };

/** Who wrote what would be deployed (rule 15). Read whole or not at all; never throws. */
export interface CodeSource {
  /** `ref`: a branch, a tag or a commit id, short or whole. `deployedBy`: whose word on what is deployed counts. */
  readChange(wanted: {
    repository: string;
    ref: string;
    environment: string;
    deployedBy: string;
  }): Promise<ChangeRead>;
}
