import { z } from 'zod';
import { CommitSha, CommitUrl } from '../../core/change.js';
import { ReadFault } from './rest.js';

/** A login, or null where GitHub knows no account: it then says null or an empty object. */
export const Owner = z
  .object({ login: z.string().min(1).optional() })
  .nullish()
  .transform((user) => user?.login ?? null);

export const Commit = z.object({
  sha: CommitSha,
  html_url: CommitUrl,
  author: Owner,
  committer: Owner,
  commit: z.object({
    message: z.string(),
    verification: z.object({ verified: z.boolean() }).optional(),
  }),
});
export type Commit = z.output<typeof Commit>;

/** Everyone found so far. GitHub takes logins, and we take addresses, without regard to case. */
export class Authors {
  readonly #logins = new Set<string>();
  readonly #emails = new Set<string>();

  /** Throws `unknown_author` for somebody whom no login owns. */
  add(login: string | null, what: string): void {
    if (login === null) throw new ReadFault('unknown_author', what);
    this.#logins.add(login.toLowerCase());
  }

  /** Author, committer and co-authors. What GitHub itself signed it committed for the author, as its `web-flow`. */
  addCommit({ sha, author, committer, commit }: Commit): void {
    this.add(author, `author of ${sha}`);
    if (committer !== 'web-flow') this.add(committer, `committer of ${sha}`);
    else if (commit.verification?.verified !== true)
      throw new ReadFault('unknown_author', `committer of ${sha}`);
    for (const [line] of commit.message.matchAll(/^[ \t]*co-authored-by[ \t]*:.*$/gim))
      this.#addTrailer(line, sha);
  }

  #addTrailer(line: string, sha: string): void {
    const email = /<([^<>\s]+@[^<>\s]+)>\s*$/.exec(line)?.[1];
    if (email === undefined) throw new ReadFault('unknown_author', `co-author of ${sha}`);
    const login = /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i.exec(email)?.[1];
    if (login === undefined) this.#emails.add(email.toLowerCase());
    else this.#logins.add(login.toLowerCase());
  }

  sorted(): { logins: string[]; emails: string[] } {
    return { logins: [...this.#logins].toSorted(), emails: [...this.#emails].toSorted() };
  }
}
