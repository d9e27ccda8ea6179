import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One repository of GitHub's REST API, as far as reading a change goes, over real HTTP with real pages. */
export interface TestGithub {
  url: string;
  token: string;
  repository: string;
  /** Oldest first; each is the parent of the next. */
  commits: TestCommit[];
  pulls: TestPull[];
  /** Newest first, as are activities. */
  deployments: { id: number; sha: string; environment: string; by: User; states: string[] }[];
  activities: { after: string; ref: string; actor: User | null; repository?: string }[];
  /** How many items a page holds at most. */
  pageSize: number;
  /** Answers 503 to every path that matches. */
  down: RegExp | null;
  /** As before 2021: a comparison ends after this many commits, and names no next page. */
  compareCap: number;
  requests: string[];
  stop(): Promise<void>;
}

type User = { login: string; type: 'User' | 'Bot' };

export interface TestCommit {
  sha: string;
  author: string | null;
  committer: string | null;
  message: string;
  verified: boolean;
  pulls: number[];
}

export interface TestPull {
  number: number;
  opener: string | null;
  merger: string | null;
  merged: boolean;
  head: { ref: string; sha: string; repository: string | null };
  commits: TestCommit[];
  /** How many commits GitHub says it has; as many as it lists unless told. */
  says?: number;
}

export const user = (login: string): User => ({ login, type: 'User' });
export const bot = (login: string): User => ({ login, type: 'Bot' });

/** A commit id that says which it is: `sha(7)` is `0…07`. */
export const sha = (number: number): string => number.toString(16).padStart(40, '0');

export const commit = (number: number, by: string | null, more: Partial<TestCommit> = {}): TestCommit => ({
  sha: sha(number),
  author: by,
  committer: by,
  message: `change ${number}`,
  verified: false,
  pulls: [],
  ...more,
});

export async function startGithub(repository: string): Promise<TestGithub> {
  const server = createServer((request, response) => {
    const answer = answerTo(github, request);
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(answer.next === undefined
        ? {}
        : { link: `<${answer.next}>; rel="next", <${github.url}/x>; rel="last"` }),
    });
    response.end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const github: TestGithub = {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    token: 'read-only',
    repository,
    commits: [],
    pulls: [],
    deployments: [],
    activities: [],
    pageSize: 100,
    down: null,
    compareCap: Number.POSITIVE_INFINITY,
    requests: [],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return github;
}

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

interface Answer {
  status: number;
  body: unknown;
  next?: string;
}

const NOT_FOUND: Answer = { status: 404, body: { message: 'Not Found' } };

function answerTo(github: TestGithub, request: IncomingMessage): Answer {
  const url = new URL(request.url ?? '/', github.url);
  github.requests.push(url.pathname + url.search);
  if (request.method !== 'GET' || request.headers.authorization !== `Bearer ${github.token}`)
    return { status: 401, body: { message: 'Bad credentials' } };
  if (github.down?.test(url.pathname)) return { status: 503, body: { message: 'Unavailable' } };
  const [, , owner, name, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const repository = `${owner}/${name}`;
  if (rest[0] === 'activity')
    return paged(
      github,
      url,
      github.activities
        .filter((one) => (one.repository ?? github.repository) === repository)
        .filter((one) => !url.searchParams.has('ref') || one.ref === url.searchParams.get('ref')),
    );
  if (repository !== github.repository) return NOT_FOUND;
  return route(github, url, rest) ?? NOT_FOUND;
}

function route(github: TestGithub, url: URL, [what, id, more]: string[]): Answer | undefined {
  const index = (ref: string | null | undefined): number =>
    github.commits.findIndex((one) => one.sha === ref || (ref === 'main' && one === github.commits.at(-1)));
  if (what === 'commits' && id === undefined)
    return paged(
      github,
      url,
      github.commits
        .slice(0, index(url.searchParams.get('sha')) + 1)
        .reverse()
        .map(commitBody),
    );
  if (what === 'commits' && more === 'pulls')
    return paged(
      github,
      url,
      (github.commits[index(id)]?.pulls ?? []).map((number) => ({ number })),
    );
  if (what === 'commits') return whole(github.commits[index(id)], commitBody);
  if (what === 'compare') return comparison(github, url, id ?? '', index);
  if (what === 'deployments' && id === undefined)
    return paged(
      github,
      url,
      github.deployments
        .filter((one) => one.environment === url.searchParams.get('environment'))
        .map(({ by, ...one }) => ({ ...one, creator: by })),
    );
  if (what === 'deployments') {
    const deployment = github.deployments.find((one) => one.id === Number(id));
    return paged(
      github,
      url,
      (deployment?.states ?? []).map((state) => ({ state, creator: deployment?.by })),
    );
  }
  const pull = github.pulls.find((one) => one.number === Number(id));
  if (what !== 'pulls' || pull === undefined) return undefined;
  return more === 'commits' ? paged(github, url, pull.commits.map(commitBody)) : whole(pull, pullBody);
}

function comparison(github: TestGithub, url: URL, range: string, index: (ref?: string) => number): Answer {
  const [base, head] = range.split('...');
  const between = github.commits.slice(index(base) + 1, index(head) + 1).map(commitBody);
  const page = paged(github, url, between.slice(0, github.compareCap));
  return { ...page, body: { status: 'ahead', total_commits: between.length, commits: page.body } };
}

const whole = <T>(found: T | undefined, body: (one: T) => unknown): Answer =>
  found === undefined ? NOT_FOUND : { status: 200, body: body(found) };

function paged(github: TestGithub, url: URL, items: readonly unknown[]): Answer {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), github.pageSize);
  const page = Number(url.searchParams.get('page') ?? 1);
  const body = items.slice((page - 1) * size, page * size);
  if (page * size >= items.length) return { status: 200, body };
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  return { status: 200, body, next: next.href };
}

const owner = (login: string | null) => (login === null ? null : { login });

const commitBody = (one: TestCommit) => ({
  sha: one.sha,
  html_url: `https://github.example/commit/${one.sha}`,
  author: owner(one.author),
  // GitHub says an empty object where a committer has no account.
  committer: owner(one.committer) ?? {},
  commit: { message: one.message, verification: { verified: one.verified } },
});

const pullBody = (pull: TestPull) => ({
  number: pull.number,
  user: owner(pull.opener),
  merged_at: pull.merged ? '2026-11-20T10:00:00Z' : null,
  merged_by: owner(pull.merger),
  commits: pull.says ?? pull.commits.length,
  head: {
    ref: pull.head.ref,
    sha: pull.head.sha,
    repo: pull.head.repository === null ? null : { full_name: pull.head.repository },
  },
});
