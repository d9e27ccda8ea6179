import { z } from 'zod';

/** Jira's REST API v3, or what speaks it. The token is a read-only one: nothing here writes. */
export interface JiraOptions {
  url: string;
  /** The account the token belongs to; Jira Cloud wants both, a personal access token stands alone. */
  user: string | undefined;
  token: string;
  /** Told why an answer could not be had. */
  onFault?: (fault: unknown) => void;
  /** A second and a half unless told: somebody waits for a form of Slack meanwhile. */
  timeoutMilliseconds?: number;
}

/** A project key and a number: nothing else reaches the path. */
const KEY = /^[A-Z][A-Z0-9_]{1,19}-\d{1,9}$/;

const Issue = z.object({
  key: z.string(),
  fields: z.object({ status: z.object({ statusCategory: z.object({ key: z.string() }) }) }),
});

/** Where tickets are looked up. An answer that cannot be had is `unknown`, which policy takes for no (rule 15). */
export const openJira = (options: JiraOptions) => ({
  status: async (ticket: string): Promise<'open' | 'closed' | 'unknown'> => {
    const key = ticket.trim().toUpperCase();
    if (!KEY.test(key)) return 'unknown';
    try {
      return await readStatus(options, key);
    } catch (fault) {
      options.onFault?.(fault);
      return 'unknown';
    }
  },
});

/** `done` is Jira's own category of every status in which nothing is left to do. A moved issue has another key. */
async function readStatus(options: JiraOptions, key: string): Promise<'open' | 'closed' | 'unknown'> {
  const path = `/rest/api/3/issue/${key}?fields=status`;
  const answer = await fetch(`${options.url.replace(/\/$/, '')}${path}`, {
    headers: { accept: 'application/json', authorization: authorization(options) },
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeoutMilliseconds ?? 1_500),
  });
  if (answer.status === 404) return 'unknown';
  if (!answer.ok) throw new Error(`Jira answered ${answer.status} to ${path}`);
  const issue = Issue.parse(await answer.json());
  if (issue.key !== key) return 'unknown';
  return issue.fields.status.statusCategory.key === 'done' ? 'closed' : 'open';
}

const authorization = ({ user, token }: JiraOptions): string =>
  user === undefined ? `Bearer ${token}` : `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
