import { openVendor } from '../../http/index.js';
import type { TargetConnector, TargetToken } from '../connector.js';
import { inspectScope, readAccount, readClock } from './read.js';
import { addMember, removeMember } from './write.js';

/** A GitHub team: the access is being in it. */
export const githubConnector: TargetConnector<TargetToken> = {
  kind: 'github',
  async open({ url, token }) {
    const github = openVendor({
      url,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'countersign-doer',
      },
    });
    return {
      readClock: () => readClock(github),
      inspectScope: (scope) => inspectScope(github, scope),
      readAccount: (login, scope) => readAccount(github, login, scope),
      createAccount: (account) => addMember(github, account),
      endAccount: (login, options) => removeMember(github, login, options),
      own: null,
      close: async () => undefined,
    };
  },
};
