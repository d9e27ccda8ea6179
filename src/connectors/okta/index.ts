import { openVendor } from '../../http/index.js';
import type { TargetConnector, TargetToken } from '../connector.js';
import { inspectScope, readAccount, readClock } from './read.js';
import { addMember, removeMember } from './write.js';

/** An Okta group: the access is being in it. */
export const oktaConnector: TargetConnector<TargetToken> = {
  kind: 'okta',
  async open({ url, token }) {
    const okta = openVendor({
      url,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    });
    return {
      readClock: () => readClock(okta),
      inspectScope: (scope) => inspectScope(okta, scope),
      readAccount: (login, scope) => readAccount(okta, login, scope),
      createAccount: (account) => addMember(okta, account),
      endAccount: (login, options) => removeMember(okta, login, options),
      own: null,
      close: async () => undefined,
    };
  },
};
