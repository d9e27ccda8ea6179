import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { atDatabase } from '../../scripts/lib/connection.js';
import type {
  NewAccount,
  ScopePlace,
  TargetConnector,
  TargetSession,
} from '../../src/connectors/connector.js';
import { postgresConnector } from '../../src/connectors/postgres/index.js';
import { newRequestId } from '../../src/core/ids.js';
import {
  emptySealedStore,
  generateSealedKey,
  type Lease,
  sealedBroker,
  sealRoot,
} from '../../src/credentials/index.js';
import { accountFor, DATABASE, READ, SYSTEM, startTarget, type Target } from '../doer/world.js';

/** What a kind of target needs to be put through the contract. */
interface Subject {
  connector: TargetConnector;
  scope: ScopePlace;
  privileges: readonly string[];
  lease(): Promise<Lease>;
  /** Logs in as an account; gives a promise of the session's loss. */
  login(account: string, password: string): Promise<{ lost: Promise<unknown>; close(): Promise<void> }>;
  stop(): Promise<void>;
}

const kinds: [string, () => Promise<Subject>][] = [['postgres', postgresSubject]];

describe.each(kinds)('every connector keeps the contract: %s', (_kind, build) => {
  let subject: Subject;
  let lease: Lease;
  let session: TargetSession;
  let account: NewAccount;

  beforeAll(async () => {
    subject = await build();
    lease = await subject.lease();
    session = await subject.connector.open(lease.login, subject.scope.database);
  });
  afterAll(async () => {
    await session.close();
    await lease.revoke();
    await subject.stop();
  });
  beforeEach(() => {
    const validUntil = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    account = {
      account: accountFor(newRequestId()),
      scope: subject.scope,
      validUntil,
      note: '{"of":"a test"}',
    };
  });

  test('reads the target’s clock', async () => {
    expect(Math.abs((await session.readClock()).getTime() - Date.now())).toBeLessThan(5_000);
  });

  test('rule 5: names the scope’s privileges, all of them and in order', async () => {
    expect(await session.inspectScope(subject.scope)).toEqual({
      privileges: subject.privileges,
      unclean: [],
      publicExcess: [],
    });
  });

  test('an account that is not there reads as null; ending it is proved', async () => {
    expect(await session.readAccount(account.account)).toBeNull();
    expect(await session.endAccount(account.account, { id: null, scope: null })).toMatchObject({
      proved: true,
      remains: [],
    });
  });

  test('creating repeats safely and never moves the end', async () => {
    await session.createAccount(account);
    const later = { ...account, validUntil: new Date(account.validUntil.getTime() + 60_000) };
    await session.createAccount(later);
    const made = await session.readAccount(account.account);
    expect(made).toMatchObject({
      canLogin: true,
      validUntil: account.validUntil,
      note: account.note,
      excessAttributes: [],
      sessions: 0,
    });
    expect((await session.listAccounts()).map((one) => one.account)).toContain(account.account);
    await session.endAccount(account.account, { id: null, scope: subject.scope });
  });

  test('rule 9: no login before a password, the newest password only after', async () => {
    await session.createAccount(account);
    await expect(subject.login(account.account, '')).rejects.toThrow();
    const [first, second] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
    await session.setPassword(account.account, first);
    await (await subject.login(account.account, first)).close();
    await session.setPassword(account.account, second);
    await expect(subject.login(account.account, first)).rejects.toThrow();
    await (await subject.login(account.account, second)).close();
    await session.endAccount(account.account, { id: null, scope: subject.scope });
  });

  test('rule 11: ending ends sessions first, leaves nothing, and repeats safely', async () => {
    await session.createAccount(account);
    await session.setPassword(account.account, 'a-password');
    const open = [
      await subject.login(account.account, 'a-password'),
      await subject.login(account.account, 'a-password'),
    ];
    expect(await session.endAccount(account.account, { id: null, scope: subject.scope })).toMatchObject({
      proved: true,
      sessionsEnded: 2,
    });
    await Promise.all(open.map((one) => one.lost));
    expect(await session.readAccount(account.account)).toBeNull();
    expect(await session.endAccount(account.account, { id: null, scope: subject.scope })).toMatchObject({
      proved: true,
      sessionsEnded: 0,
    });
  });

  test('never ends an account that is not of our making', async () => {
    await expect(session.endAccount('postgres', { id: null, scope: null })).rejects.toMatchObject({
      code: 'not_our_account',
    });
    await expect(session.endAccount('cs_root', { id: null, scope: null })).rejects.toMatchObject({
      code: 'not_our_account',
    });
  });

  test('a target that is not there is told as unreachable', async () => {
    await expect(
      subject.connector.open({ ...lease.login, port: 1 }, subject.scope.database),
    ).rejects.toMatchObject({ code: 'target_unreachable' });
  });

  test('rule 10: a lease revoked while a session is open takes the session with it', async () => {
    const second = await subject.lease();
    const left = await subject.connector.open(second.login, subject.scope.database);
    await second.revoke();
    await expect(left.readClock()).rejects.toMatchObject({ code: 'target_unreachable' });
    await expect(subject.connector.open(second.login, subject.scope.database)).rejects.toThrow();
  });
});

async function postgresSubject(): Promise<Subject> {
  const target: Target = await startTarget();
  const key = generateSealedKey();
  const store = sealRoot(emptySealedStore(), key, SYSTEM, target.root);
  const place = {
    host: '127.0.0.1',
    port: target.cluster.port,
    maintenanceDatabase: 'postgres',
    executor: 'cs_executor',
    connectRole: 'cs_connect',
    ca: null,
  };
  const broker = sealedBroker({ key, readStore: () => store, targets: { [SYSTEM]: place } });
  return {
    connector: postgresConnector,
    scope: { role: 'cs_scope_read', database: DATABASE },
    privileges: READ,
    lease: () => broker.lease(SYSTEM),
    async login(account, password) {
      const url = new URL(atDatabase(target.adminUrl, DATABASE));
      url.username = account;
      url.password = password;
      const client = new pg.Client({ connectionString: url.href });
      client.on('error', () => undefined);
      const lost = new Promise((done) => client.once('end', done));
      await client.connect();
      return { lost, close: () => client.end() };
    },
    async stop() {
      await target.cluster.stop();
      await target.cluster.remove();
    },
  };
}
