import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGithubCode } from '../../src/connectors/github-code/read.js';
import { bot, commit, sha, startGithub, type TestGithub, type TestPull, user } from '../harness/github.js';

const REPOSITORY = 'hookpilot/shop';
const MAIN = 'refs/heads/main';

let github: TestGithub;
beforeEach(async () => {
  github = await startGithub(REPOSITORY);
  // 1 is deployed; ann pushed 2 and 3 at once.
  github.commits = [commit(1, 'old'), commit(2, 'ann'), commit(3, 'ann')];
  github.deployments = [
    { id: 1, sha: sha(1), environment: 'production', by: bot('ci[bot]'), states: ['inactive', 'success'] },
  ];
  github.activities = [pushed(3, 'ann'), pushed(1, 'old')];
});
afterEach(() => github.stop());

const pushed = (number: number, by: string, ref = MAIN) => ({ after: sha(number), ref, actor: user(by) });

const read = (ref = 'main', { token = github.token, deployedBy = 'ci[bot]' } = {}) =>
  openGithubCode({ url: github.url, token }).readChange({
    repository: REPOSITORY,
    ref,
    environment: 'production',
    deployedBy,
  });

const logins = async (ref?: string) => {
  const answer = await read(ref);
  return answer.ok ? answer.change.logins : answer.fault;
};

/** Pull request 7 from `work`, squashed by web-flow into commit 3. */
function squash(change: Partial<TestPull> = {}): void {
  github.pulls = [
    {
      number: 7,
      opener: 'ann',
      merger: 'max',
      merged: true,
      head: { ref: 'work', sha: sha(72), repository: REPOSITORY },
      commits: [commit(71, 'ann'), commit(72, 'ann')],
      ...change,
    },
  ];
  github.commits = [
    commit(1, 'old'),
    commit(3, 'ann', { committer: 'web-flow', verified: true, pulls: [7] }),
  ];
  github.activities = [pushed(3, 'max'), pushed(72, 'ann', 'refs/heads/work'), pushed(1, 'old')];
}

describe('what a deployment brings', () => {
  test('a branch becomes one whole commit id, and everything since the last deployed one counts', async () => {
    expect(await read()).toEqual({
      ok: true,
      change: {
        repository: REPOSITORY,
        sha: sha(3),
        url: `https://github.example/commit/${sha(3)}`,
        since: sha(1),
        commits: 2,
        logins: ['ann'],
        emails: [],
      },
    });
  });

  test('opener, merger, squashed authors, pusher, committer and co-authors all have a part in it', async () => {
    squash({ commits: [commit(71, 'sam'), commit(72, 'ann', { committer: 'cat' })], opener: 'Olga' });
    github.activities.push(pushed(71, 'pia', 'refs/heads/work'));
    const [, last] = github.commits;
    if (last !== undefined)
      last.message =
        'x\n\nCo-authored-by: Kim <123+Kim@users.noreply.github.com>\nco-authored-by: Lee <Lee@hookpilot.example>';
    const answer = await read();
    expect(answer).toMatchObject({
      ok: true,
      change: {
        logins: ['ann', 'cat', 'kim', 'max', 'olga', 'pia', 'sam'],
        emails: ['lee@hookpilot.example'],
      },
    });
  });

  test('whoever pushed under another name is found out: the names in a commit are what its writer typed', async () => {
    github.activities = [pushed(3, 'mallory'), pushed(1, 'old')];
    expect(await logins()).toEqual(['ann', 'mallory']);
    squash();
    github.activities.push(pushed(71, 'mallory', 'refs/heads/work'));
    expect(await logins()).toEqual(['ann', 'mallory', 'max']);
  });

  test('every page of every list is followed', async () => {
    squash({ commits: [commit(71, 'pat'), commit(70, 'ann'), commit(72, 'ann')] });
    github.commits.push(commit(4, 'bea'), commit(5, 'cyd'), commit(6, 'dee'));
    github.activities.unshift(pushed(6, 'dee'), pushed(5, 'cyd'), pushed(4, 'bea'));
    github.deployments.unshift(
      { id: 3, sha: sha(5), environment: 'production', by: user('eve'), states: ['failure', 'pending'] },
      { id: 2, sha: sha(5), environment: 'staging', by: user('eve'), states: ['success'] },
    );
    github.pageSize = 1;
    expect(await logins()).toEqual(['ann', 'bea', 'cyd', 'dee', 'max', 'pat']);
  });

  test('the first deployment brings everything there ever was', async () => {
    github.deployments = [];
    expect(await read()).toMatchObject({
      ok: true,
      change: { since: null, commits: 3, logins: ['ann', 'old'] },
    });
  });

  test('going back brings the old commit, and whoever wrote and pushed it', async () => {
    github.deployments.unshift({
      id: 2,
      sha: sha(3),
      environment: 'production',
      by: bot('ci[bot]'),
      states: ['success'],
    });
    expect(await read(sha(1))).toMatchObject({ ok: true, change: { commits: 1, logins: ['old'] } });
  });

  test.each([user('mallory'), bot('github-actions[bot]'), bot('ci')])(
    'nothing that %j says is deployed moves the mark: their own commit still counts',
    async (by) => {
      github.deployments.unshift({ id: 2, sha: sha(3), environment: 'production', by, states: ['success'] });
      expect(await read()).toMatchObject({
        ok: true,
        change: { since: sha(1), commits: 2, logins: ['ann'] },
      });
    },
  );

  test('a person who deploys by hand has a part in what comes after', async () => {
    github.deployments.unshift({
      id: 2,
      sha: sha(2),
      environment: 'production',
      by: user('Max'),
      states: ['success'],
    });
    expect(await read('main', { deployedBy: 'max' })).toMatchObject({
      ok: true,
      change: { since: sha(2), logins: ['ann', 'max'] },
    });
  });
});

describe('rule 15: what is not known whole means no', () => {
  const unknown: [string, () => void][] = [
    ['an author without an account', () => github.commits.push(commit(4, null))],
    ['a committer without an account', () => github.commits.push(commit(4, 'ann', { committer: null }))],
    [
      'a committer who only says to be GitHub',
      () => github.commits.push(commit(4, 'ann', { committer: 'web-flow' })),
    ],
    [
      'a co-author without an address',
      () => github.commits.push(commit(4, 'ann', { message: 'x\n\nCo-authored-by: Kim' })),
    ],
    ['an opener whose account is gone', () => squash({ opener: null })],
    ['a merger whose account is gone', () => squash({ merger: null })],
    ['a squashed commit of nobody', () => squash({ commits: [commit(72, null)] })],
    ['a fork that is gone', () => squash({ head: { ref: 'work', sha: sha(72), repository: null } })],
    [
      'a pull request that nobody is on record for pushing',
      () => squash({ head: { ref: 'elsewhere', sha: sha(72), repository: REPOSITORY } }),
    ],
  ];
  test.each(unknown)('%s', async (_what, arrange) => {
    arrange();
    if (github.commits.length === 4) github.activities.unshift(pushed(4, 'ann'));
    expect(await read()).toEqual({ ok: false, fault: 'unknown_author' });
  });

  test('a commit that nobody is on record for pushing', async () => {
    expect(await logins(sha(2))).toBe('unknown_author');
    github.activities = [{ after: sha(3), ref: MAIN, actor: null }, pushed(1, 'old')];
    expect(await logins()).toBe('unknown_author');
  });

  test('a comparison that ends early, a pull request that lists fewer commits than it has, too many of either', async () => {
    github.compareCap = 1;
    expect(await logins()).toBe('cut_short');
    github.compareCap = Number.POSITIVE_INFINITY;
    squash({ says: 251 });
    expect(await logins()).toBe('cut_short');
    squash();
    github.commits.push(...Array.from({ length: 1_001 }, (_, index) => commit(1_000 + index, 'ann')));
    github.activities.unshift(pushed(2_000, 'ann'));
    expect(await logins()).toBe('cut_short');
  });

  test('GitHub down, or down for one of the lists alone, or a token that is refused', async () => {
    for (const path of ['commits', 'deployments$', 'statuses', 'compare', 'activity', 'pulls$']) {
      github.down = new RegExp(path);
      expect(await logins(), path).toBe('unavailable');
    }
    github.down = null;
    expect(await read('main', { token: 'another' })).toEqual({ ok: false, fault: 'unavailable' });
    await github.stop();
    expect(await logins()).toBe('unavailable');
  });

  test('a repository or a commit that is not there', async () => {
    expect(await logins('gone')).toBe('not_found');
    github.repository = 'hookpilot/renamed';
    expect(await logins()).toBe('not_found');
  });
});
