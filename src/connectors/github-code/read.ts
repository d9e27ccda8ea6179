import { z } from 'zod';
import { type Change, type ChangeRead, type CodeSource, CommitSha, Repository } from '../../core/change.js';
import { Authors, Commit, Owner } from './authors.js';
import { addPushers } from './pushers.js';
import { githubRest, ReadFault, type Rest } from './rest.js';

/** Beyond this a list is not read to its end, and the answer is no. */
const MOST_COMMITS = 1_000;
const MOST_DEPLOYMENTS = 100;
const SECONDS = 20;
const AT_ONCE = 8;

/** Reads GitHub with a token that may read contents, pull requests and deployments, and nothing else. */
export const openGithubCode = (options: {
  url: string;
  token: string;
  /** Told why a change could not be read. */
  onFault?: (fault: unknown) => void;
}): CodeSource => ({
  async readChange(wanted): Promise<ChangeRead> {
    const signal = AbortSignal.timeout(SECONDS * 1_000);
    try {
      return { ok: true, change: await readWhole(githubRest({ ...options, signal }), wanted) };
    } catch (error) {
      options.onFault?.(error);
      return { ok: false, fault: error instanceof ReadFault ? error.code : 'unavailable' };
    }
  },
});

type Wanted = Parameters<CodeSource['readChange']>[0];

async function readWhole(rest: Rest, wanted: Wanted): Promise<Change> {
  const { repository, ref } = wanted;
  const at = `/repos/${Repository.parse(repository)}`;
  const authors = new Authors();
  const head = await rest.get(`${at}/commits/${encodeURIComponent(ref)}`, Commit);
  const since = await lastDeployed(rest, at, wanted, authors);
  const commits = await commitsSince(rest, at, since, head);
  for (const commit of commits) authors.addCommit(commit);
  const pulls = await pullsOf(rest, at, commits);
  const inner = await eachOf(pulls, (pull) => addPull(rest, at, pull, authors));
  const known = new Set([...commits, ...inner.flat()].map((commit) => commit.sha));
  await addPushers(
    rest,
    { at, head: head.sha, since, known, branches: pulls.map((pull) => pull.head) },
    authors,
  );
  return {
    repository,
    sha: head.sha,
    url: head.html_url,
    since,
    commits: commits.length,
    ...authors.sorted(),
  };
}

const Creator = z.object({ login: z.string(), type: z.string() }).nullish();
type Creator = z.infer<typeof Creator>;
const Deployment = z.object({ id: z.int(), sha: CommitSha, creator: Creator });
const Status = z.object({ state: z.string(), creator: Creator });

/**
 * The commit of the newest deployment that ever succeeded, by the word of `deployedBy` alone: whoever else may write
 * deployments could put their own commit before the mark. Where that is a person, they have a part in the change.
 */
async function lastDeployed(
  rest: Rest,
  at: string,
  { environment, deployedBy }: Wanted,
  authors: Authors,
): Promise<string | null> {
  const isTheirs = (creator: Creator): boolean => creator?.login.toLowerCase() === deployedBy.toLowerCase();
  let seen = 0;
  const path = `${at}/deployments?environment=${encodeURIComponent(environment)}&per_page=100`;
  for await (const page of rest.pages(path, z.array(Deployment)))
    for (const deployment of page) {
      seen += 1;
      if (seen > MOST_DEPLOYMENTS) throw new ReadFault('cut_short', path);
      if (!isTheirs(deployment.creator)) continue;
      const statuses = await rest.all(
        `${at}/deployments/${deployment.id}/statuses?per_page=100`,
        Status,
        1_000,
      );
      if (!statuses.some(({ state, creator }) => state === 'success' && isTheirs(creator))) continue;
      if (deployment.creator?.type !== 'Bot') authors.add(deployedBy, `deployment ${deployment.id}`);
      return deployment.sha;
    }
  return null;
}

const Comparison = z.object({ total_commits: z.int(), commits: z.array(Commit) });

/** The commit itself, and whatever comes with it: after the deployed one, or from the very first. */
async function commitsSince(rest: Rest, at: string, since: string | null, head: Commit): Promise<Commit[]> {
  if (since === null) return rest.all(`${at}/commits?sha=${head.sha}&per_page=100`, Commit, MOST_COMMITS);
  const commits = new Map([[head.sha, head]]);
  let total = 0;
  let read = 0;
  for await (const page of rest.pages(
    `${at}/compare/${since}...${head.sha}?per_page=100&page=1`,
    Comparison,
  )) {
    total = page.total_commits;
    read += page.commits.length;
    for (const commit of page.commits) commits.set(commit.sha, commit);
    if (read > MOST_COMMITS) throw new ReadFault('cut_short', `${total} commits`);
  }
  if (read !== total) throw new ReadFault('cut_short', `${read} of ${total} commits`);
  return [...commits.values()];
}

const PullNumber = z.object({ number: z.int() });
const Pull = z.object({
  number: z.int(),
  user: Owner,
  merged_at: z.string().nullable(),
  merged_by: Owner,
  commits: z.int(),
  head: z.object({
    ref: z.string(),
    sha: CommitSha,
    repo: z.object({ full_name: Repository }).nullable(),
  }),
});
type Pull = z.output<typeof Pull>;

/** The pull requests that brought these commits. */
async function pullsOf(rest: Rest, at: string, commits: readonly Commit[]): Promise<Pull[]> {
  const found = await eachOf(commits, ({ sha }) =>
    rest.all(`${at}/commits/${sha}/pulls?per_page=100`, PullNumber, MOST_COMMITS),
  );
  const numbers = [...new Set(found.flat().map((pull) => pull.number))];
  return eachOf(numbers, (number) => rest.get(`${at}/pulls/${number}`, Pull));
}

/** Opener, merger, and whoever wrote what a squash has made one commit. GitHub lists 250 commits at most. */
async function addPull(rest: Rest, at: string, pull: Pull, authors: Authors): Promise<Commit[]> {
  authors.add(pull.user, `opener of pull request ${pull.number}`);
  if (pull.merged_at !== null) authors.add(pull.merged_by, `merger of pull request ${pull.number}`);
  const commits = await rest.all(`${at}/pulls/${pull.number}/commits?per_page=100`, Commit, MOST_COMMITS);
  if (commits.length !== pull.commits) throw new ReadFault('cut_short', `pull request ${pull.number}`);
  for (const commit of commits) authors.addCommit(commit);
  return commits;
}

/** In order, a few at a time. */
async function eachOf<T, R>(list: readonly T[], read: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < list.length; from += AT_ONCE)
    results.push(...(await Promise.all(list.slice(from, from + AT_ONCE).map(read))));
  return results;
}
