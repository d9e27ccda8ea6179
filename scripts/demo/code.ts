import { sha256Hex } from '../../src/core/canonical.js';
import type { Organisation } from '../../src/policy/index.js';
import { bot, commit, startGithub, type TestGithub, user } from '../../test/harness/github.js';

const MAIN = 'refs/heads/main';

/** What the example deploys: Alice wrote what is in production, and Bob all that came since. */
export const DEPLOYED = { repository: 'hookpilot/caption-studio', author: 'bob', approver: 'cat' };

/** GitHub as somebody reads who wrote a change. */
export async function startCode({ people }: Organisation): Promise<TestGithub> {
  const github = await startGithub(DEPLOYED.repository);
  const loginOf = (id: string) => people.find((person) => person.id === id)?.identities.github ?? id;
  const written = (number: number, by: string, message: string) =>
    commit(number, loginOf(by), { message, sha: sha256Hex(message).slice(0, 40) });
  const deployed = written(1, 'alice', 'Burn captions into the exported video');
  const waiting = [
    written(2, DEPLOYED.author, 'Break lines where people breathe'),
    written(3, DEPLOYED.author, 'Keep two lines of captions at the most'),
  ];
  github.commits = [deployed, ...waiting];
  github.deployments = [
    {
      id: 1,
      sha: deployed.sha,
      environment: 'production',
      by: bot('hookpilot-deployer[bot]'),
      states: ['success'],
    },
  ];
  github.activities = github.commits
    .map(({ sha, author }) => ({ after: sha, ref: MAIN, actor: user(author ?? '') }))
    .reverse();
  return github;
}
