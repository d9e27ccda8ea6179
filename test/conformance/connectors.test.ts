import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { atDatabase } from '../../scripts/lib/connection.js';
import type {
  NewAccount,
  OwnAccounts,
  ScopePlace,
  TargetConnector,
  TargetSession,
} from '../../src/connectors/connector.js';
import { githubConnector } from '../../src/connectors/github/index.js';
import { oktaConnector } from '../../src/connectors/okta/index.js';
import { postgresConnector } from '../../src/connectors/postgres/index.js';
import { newRequestId } from '../../src/core/ids.js';
import {
  type CredentialBroker,
  emptySealedStore,
  generateSealedKey,
  githubTokens,
  type LeaseToken,
  oktaTokens,
  sealedBroker,
  sealRoot,
  type TokenVendor,
  tokenBroker,
} from '../../src/credentials/index.js';
import { admitsOwnAccounts } from '../../src/policy/index.js';
import { accountFor, DATABASE, READ, SYSTEM, startTarget, type Target } from '../doer/world.js';
import { waitUntil } from '../harness/slack/index.js';
import { newRsaKey, startGithub, startOkta } from '../harness/vendors/index.js';

/** What a kind of target needs to be put through the contract. */
interface Subject {
  scope: ScopePlace;
  privileges: readonly string[];
  /** A session under a lease of its own. */
  enter(): Promise<Entered>;
  /** A session at an address where nothing listens. */
  enterNowhere(): Promise<TargetSession>;
  /** An account that may be let in: a name of our making, or a person's own that is known there. */
  newcomer(): string;
  /** Accounts that are there and not ours to end; null where every member is somebody's own account. */
  strangers: readonly string[] | null;
  /** Uses the access, as its holder does; null where holders have no sessions of it. */
  use: ((account: string, session: TargetSession) => Promise<{ lost: Promise<unknown> }>) | null;
  /** What a lease leaves at the target while it lives and after it is over. */
  leases(): Promise<number>;
  stop(): Promise<void>;
}

interface Entered {
  session: TargetSession;
  revoke(): Promise<void>;
}

const kinds: [string, () => Promise<Subject>][] = [
  ['postgres', postgresSubject],
  ['okta', oktaSubject],
  ['github', githubSubject],
];

describe.each(kinds)('every connector keeps the contract: %s', (kind, build) => {
  let subject: Subject;
  let entered: Entered;
  let session: TargetSession;
  let account: NewAccount;

  beforeAll(async () => {
    subject = await build();
    entered = await subject.enter();
    session = entered.session;
  });
  afterAll(async () => {
    await session.close();
    await entered.revoke();
    await subject.stop();
  });
  beforeEach(() => {
    const validUntil = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    account = { account: subject.newcomer(), scope: subject.scope, validUntil, note: '{"of":"a test"}' };
  });
  const end = (id: string | null = null) => session.endAccount(account.account, { id, scope: subject.scope });
  const read = () => session.readAccount(account.account, subject.scope);

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

  test('has accounts for emergencies where accounts are of our making, and nowhere else', () => {
    expect(session.breakGlass !== undefined).toBe(!admitsOwnAccounts(kind));
  });

  test('a scope that is not there is refused', async () => {
    const gone = { ...subject.scope, role: subject.scope.role.replace(/.$/, 'x') };
    await expect(session.inspectScope(gone)).rejects.toMatchObject({ code: 'target_refused' });
  });

  test('an access that is not there reads as null; ending it is proved', async () => {
    expect(await read()).toBeNull();
    expect(await end()).toMatchObject({ proved: true, remains: [] });
  });

  test('creating repeats safely and never moves the end', async () => {
    await session.createAccount(account);
    const first = await read();
    await session.createAccount({ ...account, validUntil: new Date(account.validUntil.getTime() + 60_000) });
    expect(await read()).toEqual(first);
    expect(first).toMatchObject({
      account: account.account,
      canLogin: true,
      memberships: [subject.scope.role],
      excessAttributes: [],
      sessions: 0,
    });
    await end();
  });

  test('rule 11: ending leaves nothing, by the account’s own id too, and repeats safely', async () => {
    await session.createAccount(account);
    const made = await read();
    expect(await end(made?.id ?? null)).toMatchObject({ proved: true, remains: [] });
    expect(await read()).toBeNull();
    expect(await end(made?.id ?? null)).toMatchObject({ proved: true, remains: [] });
  });

  test('rule 11: an end takes what the holder had open with it', async () => {
    if (subject.use === null) return;
    await session.createAccount(account);
    const open = [await subject.use(account.account, session), await subject.use(account.account, session)];
    expect(await end()).toMatchObject({ proved: true });
    await Promise.all(open.map((one) => one.lost));
  });

  test('never ends what is not of our making', async () => {
    for (const stranger of subject.strangers ?? [])
      await expect(session.endAccount(stranger, { id: null, scope: null })).rejects.toMatchObject({
        code: 'not_our_account',
      });
    const anywhere = await session.endAccount(account.account, { id: null, scope: null });
    expect(anywhere.proved, 'an end without a scope touches no membership').toBe(subject.strangers !== null);
  });

  test('a target that is not there is told as unreachable', async () => {
    await expect(subject.enterNowhere().then((one) => one.readClock())).rejects.toMatchObject({
      code: 'target_unreachable',
    });
  });

  test('rule 10: a lease revoked is good for nothing, also while its session is open', async () => {
    const before = await subject.leases();
    const short = await subject.enter();
    expect(await subject.leases()).toBe(before + 1);
    await short.revoke();
    await expect(short.session.inspectScope(subject.scope)).rejects.toMatchObject({
      code: expect.stringMatching(/^target_(unreachable|refused)$/),
    });
    await short.session.close().catch(() => undefined);
    expect(await subject.leases()).toBe(before);
  });
});

describe('where accounts are of our making', () => {
  let subject: PostgresSubject;
  let entered: Entered;
  let own: OwnAccounts;
  let account: NewAccount;

  beforeAll(async () => {
    subject = await postgresSubject();
    entered = await subject.enter();
    if (entered.session.own === null) throw new Error('postgres makes accounts');
    own = entered.session.own;
  });
  afterAll(async () => {
    await entered.session.close();
    await entered.revoke();
    await subject.stop();
  });
  beforeEach(() => {
    const validUntil = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    account = { account: subject.newcomer(), scope: subject.scope, validUntil, note: '{"of":"a test"}' };
  });
  const end = () => entered.session.endAccount(account.account, { id: null, scope: subject.scope });

  test('rule 12: the target itself says when an account ends and what it is of', async () => {
    await entered.session.createAccount(account);
    const [found] = (await own.list()).filter((one) => one.account === account.account);
    expect(found).toMatchObject({ validUntil: account.validUntil, note: account.note });
    await end();
  });

  test('rule 9: no login before a password, the newest password only after', async () => {
    await entered.session.createAccount(account);
    await expect(subject.login(account.account, '')).rejects.toThrow();
    const [first, second] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
    await own.setPassword(account.account, first);
    await (await subject.login(account.account, first)).close();
    await own.setPassword(account.account, second);
    await expect(subject.login(account.account, first)).rejects.toThrow();
    await (await subject.login(account.account, second)).close();
    await end();
  });

  test('rule 11: sessions are counted as they are ended', async () => {
    await entered.session.createAccount(account);
    await own.setPassword(account.account, 'a-password');
    const open = [
      await subject.login(account.account, 'a-password'),
      await subject.login(account.account, 'a-password'),
    ];
    expect(await end()).toMatchObject({ proved: true, sessionsEnded: { length: 2 } });
    await Promise.all(open.map((one) => one.lost));
    expect(await end()).toMatchObject({ proved: true, sessionsEnded: { length: 0 } });
  });

  test('rule 11: many are shut at once, each session counted; each is still ended and proved by itself', async () => {
    const accounts = Array.from({ length: 3 }, () => subject.newcomer());
    const open: Awaited<ReturnType<PostgresSubject['login']>>[] = [];
    for (const name of accounts) {
      await entered.session.createAccount({ ...account, account: name });
      await own.setPassword(name, 'a-password');
      open.push(await subject.login(name, 'a-password'));
    }
    const [first = '', second = '', third = ''] = accounts;
    open.push(await subject.login(first, 'a-password'));
    const absent = subject.newcomer();
    const shut = await own.shut([first, absent, second]);
    expect([...shut].map(([name, sessions]) => [name, new Set(sessions).size]).sort()).toEqual(
      [
        [first, 2],
        [second, 1],
      ].sort(),
    );
    await Promise.all(open.filter((_, at) => accounts[at] !== third).map((one) => one.lost));
    await expect(subject.login(second, 'a-password')).rejects.toMatchObject({ code: '28000' });
    await (await subject.login(third, 'a-password')).close();
    await expect(own.shut(['postgres'])).rejects.toMatchObject({ code: 'not_our_account' });
    for (const name of accounts)
      expect(await entered.session.endAccount(name, { id: null, scope: subject.scope })).toMatchObject({
        proved: true,
      });
  });
});

interface PostgresSubject extends Subject {
  login(account: string, password: string): Promise<{ lost: Promise<unknown>; close(): Promise<void> }>;
}

async function postgresSubject(): Promise<PostgresSubject> {
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
  const scope = { role: 'cs_scope_read', database: DATABASE };
  const login: PostgresSubject['login'] = async (account, password) => {
    const url = new URL(atDatabase(target.adminUrl, DATABASE));
    url.username = account;
    url.password = password;
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => undefined);
    const lost = new Promise((done) => client.once('end', done));
    await client.connect();
    return { lost, close: () => client.end() };
  };
  return {
    scope,
    privileges: READ,
    enter: () => enter(postgresConnector, broker, scope),
    enterNowhere: async () => {
      const lease = await broker.lease(SYSTEM);
      await lease.revoke();
      return postgresConnector.open({ ...lease.login, port: 1 }, scope);
    },
    newcomer: () => accountFor(newRequestId()),
    strangers: ['postgres', 'cs_root'],
    async use(account, session) {
      await session.own?.setPassword(account, 'a-password');
      return login(account, 'a-password');
    },
    login,
    leases: async () =>
      (await target.admin("SELECT FROM pg_roles WHERE rolname LIKE 'cs\\_lease\\_%'")).length,
    async stop() {
      await target.remove();
    },
  };
}

async function oktaSubject(): Promise<Subject> {
  const privateKey = newRsaKey();
  const people = Array.from({ length: 20 }, (_, at) => ({ login: `p${at}@example.com`, name: `P ${at}` }));
  const okta = await startOkta({
    users: people,
    groups: { '00gsupport': 'support-agents', '00gother': 'others' },
    client: { id: '0oaclient', privateKey },
  });
  const broker = tokens(okta.url, privateKey, '0oaclient', oktaTokens);
  const scope = { role: '00gsupport', database: null };
  return {
    scope,
    privileges: ['MEMBER OF GROUP support-agents'],
    enter: () => enter(oktaConnector, broker, scope),
    enterNowhere: () => oktaConnector.open({ url: 'http://127.0.0.1:1', token: 'none' }, scope),
    newcomer: () => people.pop()?.login ?? 'nobody',
    strangers: null,
    async use(account) {
      const session = await okta.signIn(account);
      return {
        get lost() {
          return waitUntil('the session to be gone', () => !okta.isSignedIn(session));
        },
      };
    },
    leases: async () => okta.liveTokens(),
    stop: () => okta.close(),
  };
}

async function githubSubject(): Promise<Subject> {
  const privateKey = newRsaKey();
  const logins = Array.from({ length: 20 }, (_, at) => `person-${at}`);
  const github = await startGithub({
    organisation: 'acme',
    logins: [...logins],
    teams: { operators: { billing: 'push', prices: 'maintain' }, others: {} },
    app: { id: 7, installation: 70, privateKey },
  });
  const broker = tokens(github.url, privateKey, '7', githubTokens);
  const scope = { role: 'acme/operators', database: null };
  return {
    scope,
    privileges: [
      'MAINTAIN ON REPOSITORY acme/prices',
      'MEMBER OF TEAM acme/operators',
      'PUSH ON REPOSITORY acme/billing',
    ],
    enter: () => enter(githubConnector, broker, scope),
    enterNowhere: () => githubConnector.open({ url: 'http://127.0.0.1:1', token: 'none' }, scope),
    newcomer: () => logins.pop() ?? 'nobody',
    strangers: null,
    use: null,
    leases: async () => github.liveTokens(),
    stop: () => github.close(),
  };
}

async function enter<Login>(
  connector: TargetConnector<Login>,
  broker: CredentialBroker<Login>,
  scope: ScopePlace,
): Promise<Entered> {
  const lease = await broker.lease(SYSTEM);
  return { session: await connector.open(lease.login, scope), revoke: () => lease.revoke() };
}

function tokens(
  url: string,
  password: string,
  user: string,
  vendor: TokenVendor,
): CredentialBroker<LeaseToken> {
  const key = generateSealedKey();
  const store = sealRoot(emptySealedStore(), key, SYSTEM, { user, password });
  return tokenBroker({
    key,
    readStore: () => store,
    targets: { [SYSTEM]: { url, installation: 70 } },
    vendor,
  });
}
