import type { TargetConnector } from '../connector.js';
import { endAccount } from './end-account.js';
import { inspectScope, listAccounts, readAccount, readClock } from './read.js';
import { openExecutor, targetError } from './session.js';
import { createAccount, endSessions, setPassword } from './write.js';

/** PostgreSQL 16 and later (role memberships with INHERIT and SET options). */
export const postgresConnector: TargetConnector = {
  kind: 'postgres',
  async open(login, database) {
    const client = await openExecutor(login, database);
    const told = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        throw targetError(error);
      }
    };
    return {
      readClock: () => told(readClock(client)),
      inspectScope: (scope) => told(inspectScope(client, scope)),
      readAccount: (account) => told(readAccount(client, account)),
      listAccounts: () => told(listAccounts(client)),
      createAccount: (account) => told(createAccount(client, account)),
      setPassword: (account, password) => told(setPassword(client, account, password)),
      endAccount: (account, options) => told(endAccount(client, login, account, options)),
      endSessions: (account) => told(endSessions(client, account)),
      close: () => client.end(),
    };
  },
};
