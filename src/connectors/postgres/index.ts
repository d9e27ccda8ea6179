import type { BreakGlassSession, TargetConnector, TargetLogin } from '../connector.js';
import { breakGlassSession } from './break-glass.js';
import { endAccount } from './end-account.js';
import { inspectScope, listAccounts, readAccount, readClock } from './read.js';
import { openExecutor, targetError } from './session.js';
import { changePassword, createAccount, setPassword, shutAccounts } from './write.js';

/** PostgreSQL 16 and later (role memberships with INHERIT and SET options). */
export const postgresConnector: TargetConnector<TargetLogin> = {
  kind: 'postgres',
  async open(login, place) {
    const client = await openExecutor(login, place?.database ?? login.database);
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
      createAccount: (account) => told(createAccount(client, account)),
      endAccount: (account, options) => told(endAccount(client, login, account, options)),
      own: {
        list: () => told(listAccounts(client)),
        shut: (accounts) => told(shutAccounts(client, accounts)),
        setPassword: (account, password) => told(setPassword(client, account, password)),
        changePassword: (account, password) => told(changePassword(client, login, { account, password })),
      },
      breakGlass: toldBreakGlass(breakGlassSession(client, login), told),
      close: () => client.end(),
    };
  },
};

const toldBreakGlass = (
  session: BreakGlassSession,
  told: <T>(work: Promise<T>) => Promise<T>,
): BreakGlassSession => ({
  readUnfitness: (account) => told(session.readUnfitness(account)),
  openAccount: (account, opening) => told(session.openAccount(account, opening)),
  closeAccount: (account) => told(session.closeAccount(account)),
  tryLogin: (account, password, database) => told(session.tryLogin(account, password, database)),
  takeSnapshot: (accounts) => told(session.takeSnapshot(accounts)),
});
