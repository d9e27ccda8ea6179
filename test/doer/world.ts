import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { atDatabase } from '../../scripts/lib/connection.js';
import { prepareTarget, TargetSpec as Spec, type TargetSpec } from '../../scripts/lib/prepare-target.js';
import { type Clock, systemClock } from '../../src/core/clock.js';
import type { FaultHook } from '../../src/core/faults.js';
import { newEventId, newPacketId, newRequestId } from '../../src/core/ids.js';
import { reasonDigest, sealDigest } from '../../src/core/seal.js';
import { type PacketId, PrincipalId, type RequestId, TenantId } from '../../src/core/tenant.js';
import {
  emptySealedStore,
  generateSealedKey,
  SEALED_KEY_FILE,
  sealRoot,
} from '../../src/credentials/index.js';
import { type Doer, LEDGER_KEYS_FILE, startDoer } from '../../src/doer/index.js';
import type { PacketProof } from '../../src/doer/logged.js';
import { keysInDirectory, type ProcessKeys } from '../../src/keys/index.js';
import {
  type CheckOutPacket,
  type EndPacket,
  type GrantPacket,
  generateKeySet,
  type KeySet,
  keyFileNames,
  type ObservePacket,
  type ObserveQuestion,
  type PacketPayload,
  type Receipt,
  type RevealPacket,
  signPacket,
  verifyReceipt,
} from '../../src/packet/index.js';
import {
  freshDatabase,
  startTargetCluster,
  type TargetCluster,
  type TestDatabase,
} from '../harness/postgres.js';
import { keptConnections } from '../harness/postgres-admin.js';
import { startLog, type TestLog } from './log.js';

export const TENANT = TenantId.parse('T0TEST');
export const SYSTEM = 'orders-db';
export const DATABASE = 'orders';
export const person = (name: string) => PrincipalId.parse(name);

export const READ = ['CONNECT ON DATABASE orders', 'SELECT ON TABLE shop.orders', 'USAGE ON SCHEMA shop'];
export const MIGRATE = [
  'CONNECT ON DATABASE orders',
  'CREATE ON SCHEMA shop',
  'SELECT ON TABLE shop.orders',
  'USAGE ON SCHEMA shop',
];

const SPEC: TargetSpec = Spec.parse({
  rotatableAccounts: ['break_glass'],
  breakGlass: {
    accounts: ['glass_1', 'glass_2'],
    database: DATABASE,
    roles: ['pg_read_all_data'],
    privileges: ['CONNECT ON DATABASE orders', 'USAGE ON SCHEMA shop', 'CREATE ON SCHEMA shop'],
  },
  scopes: {
    read: { role: 'cs_scope_read', database: DATABASE, privileges: READ },
    migrate: { role: 'cs_scope_migrate', database: DATABASE, privileges: MIGRATE },
  },
});

/** A real target cluster, prepared as its administrator would. */
export interface Target {
  cluster: TargetCluster;
  adminUrl: string;
  /** Runs SQL as the superuser of the target, on a connection that is kept: what it sets it sets LOCAL. */
  admin(sql: string, values?: unknown[], database?: string): Promise<Record<string, unknown>[]>;
  /** Whether the account of a grant exists. */
  hasAccount(requestId: RequestId): Promise<boolean>;
  root: { user: string; password: string };
  /** Stops it and deletes its files. */
  remove(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const cluster = await startTargetCluster();
  const pools = new Map<string, pg.Pool>();
  const admin = async (sql: string, values: unknown[] = [], database: string = DATABASE) => {
    const pool = pools.get(database) ?? keptConnections(atDatabase(cluster.url, database));
    pools.set(database, pool);
    return (await pool.query(sql, values)).rows;
  };
  await admin('CREATE DATABASE orders', [], 'postgres');
  await admin(
    'CREATE SCHEMA shop; CREATE TABLE shop.orders(id int, note text); CREATE TABLE shop.secrets(id int); INSERT INTO shop.orders VALUES (1)',
  );
  await admin('CREATE ROLE break_glass LOGIN');
  const root = await prepareTarget(cluster.url, SPEC, () => undefined);
  const hasAccount = async (requestId: RequestId): Promise<boolean> =>
    (await admin('SELECT FROM pg_roles WHERE rolname = $1', [accountFor(requestId)])).length === 1;
  const remove = async (): Promise<void> => {
    await Promise.all([...pools.values()].map((pool) => pool.end()));
    await cluster.stop();
    await cluster.remove();
  };
  return { cluster, adminUrl: cluster.url, admin, hasAccount, root, remove };
}

/** Our database, keys and files for one test. */
export interface World {
  database: TestDatabase;
  keys: KeySet;
  home: string;
  target: Target;
  limits: Limits;
  writeLimits(change: (limits: Limits) => void): void;
  doerFiles(name?: string): DoerFiles;
  start(options?: {
    name?: string;
    clock?: Clock;
    faults?: FaultHook;
    log?: Log;
    databaseUrl?: string;
    keys?: ProcessKeys;
  }): Doer;
  log: TestLog;
  /** With its entry in the log, unless `proof` says otherwise. */
  release(
    payload: PacketPayload,
    options?: { envelope?: Uint8Array; proof?: PacketProof | null },
  ): Promise<void>;
  receipts(): Promise<Receipt[]>;
  answer(id: PacketId): Promise<Receipt>;
  ask(payload: PacketPayload): Promise<Receipt>;
  ours(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface DoerFiles {
  tenant: typeof TENANT;
  databaseUrl: string;
  keysDir: string;
  dataDir: string;
  limitsFile: string;
  targetsFile: string;
  ledgerUrl: string;
}

interface Limits {
  v: 1;
  systems: Record<string, SystemLimits>;
}
interface SystemLimits {
  votes: number;
  longestMinutes: number;
  grantsPerHour: number;
  acceptedPublicExcess: string[];
  rotatableAccounts: string[];
  breakGlass: { accounts: string[]; longestMinutes: number; superuser?: boolean };
  scopes: Record<
    string,
    { privileges: string[]; votes?: number; longestMinutes?: number; repository?: string }
  >;
}

const GENEROUS = {
  votes: 1,
  longestMinutes: 240,
  grantsPerHour: 100,
  acceptedPublicExcess: [],
  rotatableAccounts: [],
};

type Log = Parameters<typeof startDoer>[0]['log'];

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A system beside the PostgreSQL one. */
export interface Beside {
  root: { user: string; password: string };
  target: object;
  limits: Partial<SystemLimits> & Pick<SystemLimits, 'scopes'>;
}

export async function buildWorld(
  target: Target,
  beside: Readonly<Record<string, Beside>> = {},
): Promise<World> {
  const database = await freshDatabase();
  const keys = generateKeySet(TENANT);
  const log = await startLog();
  const home = mkdtempSync(join(tmpdir(), 'countersign-doer-'));
  const keysDir = join(home, 'keys');
  mkdirSync(keysDir);
  const sealedKey = generateSealedKey();
  const write = (path: string, value: unknown): void =>
    writeFileSync(path, JSON.stringify(value), { mode: 0o600 });
  write(join(keysDir, keyFileNames.packetKeyring), keys.doer.packetKeyring);
  write(join(keysDir, keyFileNames.receiptSigner), keys.doer.receiptSigner);
  write(join(keysDir, SEALED_KEY_FILE), sealedKey);
  write(join(keysDir, LEDGER_KEYS_FILE), log.keys);
  const roots = Object.entries({ [SYSTEM]: target, ...beside });
  const store = roots.reduce(
    (sealed, [system, { root }]) => sealRoot(sealed, sealedKey, system, root),
    emptySealedStore(),
  );
  write(join(home, 'sealed.json'), store);
  const targets = {
    v: 1,
    sealedStore: 'sealed.json',
    systems: {
      [SYSTEM]: {
        kind: 'postgres',
        host: '127.0.0.1',
        port: target.cluster.port,
        scopes: {
          read: { role: 'cs_scope_read', database: DATABASE },
          migrate: { role: 'cs_scope_migrate', database: DATABASE },
        },
        breakGlass: { database: DATABASE },
      },
      ...Object.fromEntries(Object.entries(beside).map(([system, one]) => [system, one.target])),
    },
  };
  writeFileSync(join(home, 'targets.yaml'), stringify(targets));
  const limits: Limits = {
    v: 1,
    systems: {
      [SYSTEM]: {
        votes: 1,
        longestMinutes: 240,
        grantsPerHour: 100,
        acceptedPublicExcess: [],
        rotatableAccounts: ['break_glass'],
        breakGlass: { accounts: ['glass_1', 'glass_2'], longestMinutes: 60 },
        scopes: {
          read: { privileges: READ },
          migrate: { privileges: MIGRATE, longestMinutes: 60 },
          deploy: { privileges: READ, repository: 'hookpilot/shop' },
        },
      },
      ...Object.fromEntries(
        Object.entries(beside).map(([system, one]) => [system, { ...GENEROUS, ...one.limits }]),
      ),
    },
  };
  const limitsFile = join(home, 'limits.yaml');
  writeFileSync(limitsFile, stringify(limits));
  const admin = new pg.Pool({ connectionString: database.urls.admin, max: 2 });
  admin.on('error', () => undefined);
  const doers: Doer[] = [];
  const doerFiles = (name = 'a'): DoerFiles => {
    const dataDir = join(home, `data-${name}`);
    mkdirSync(dataDir, { recursive: true });
    return {
      tenant: TENANT,
      databaseUrl: database.urls.doer,
      keysDir,
      dataDir,
      limitsFile,
      targetsFile: join(home, 'targets.yaml'),
      ledgerUrl: log.url,
    };
  };
  const receiptsOf = async (sql: string, values: unknown[] = []): Promise<Receipt[]> => {
    const { rows } = await admin.query(sql, values);
    return rows.map((row: { receipt: Buffer }) => {
      const verified = verifyReceipt(row.receipt, keys.worker.receiptKeyring);
      if (!verified.ok) throw new Error(verified.code);
      return verified.value;
    });
  };
  const world: World = {
    database,
    keys,
    log,
    home,
    target,
    limits,
    writeLimits(change) {
      change(limits);
      writeFileSync(limitsFile, stringify(limits));
    },
    doerFiles,
    start({ name, clock = systemClock, faults, log: toldTo = silent, databaseUrl, keys: given } = {}) {
      const { keysDir: directory, ...files } = doerFiles(name);
      const doer = startDoer({
        ...files,
        databaseUrl: databaseUrl ?? files.databaseUrl,
        keys: given ?? keysInDirectory(directory),
        clock,
        log: toldTo,
        ...(faults ? { faults } : {}),
        reconcileSeconds: 0.5,
      });
      doers.push(doer);
      return doer;
    },
    async release(payload, options = {}) {
      const signer = payload.kind === 'reveal' ? keys.app.packetSigner : keys.worker.packetSigner;
      const envelope = options.envelope ?? signPacket(payload, signer);
      const proof = options.proof === undefined ? log.enter(payload.id, envelope) : options.proof;
      const values = [
        TENANT,
        payload.id,
        payload.kind,
        payload.requestId,
        payload.system,
        Buffer.from(envelope),
        proof,
      ];
      await admin.query(
        'INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, proof, released_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now())',
        values,
      );
    },
    receipts: () => receiptsOf('SELECT receipt FROM gate.receipt_inbox ORDER BY id'),
    answer: (id) =>
      until(
        `receipt of ${id}`,
        async () =>
          (await receiptsOf('SELECT receipt FROM gate.receipt_inbox WHERE packet_id = $1 LIMIT 1', [id]))[0],
      ),
    async ask(payload) {
      await world.release(payload);
      return world.answer(payload.id);
    },
    ours: async (sql, values = []) => (await admin.query(sql, values)).rows,
    async close() {
      await Promise.all(doers.map((doer) => doer.stop()));
      await admin.end();
      await log.close();
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return world;
}

/** Polls until there is something; the only waiting there is. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false | null>,
  seconds = 20,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false && found !== null) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const common = (requestId: RequestId, now: Date) => ({
  v: 1 as const,
  id: newPacketId(),
  tenant: TENANT,
  requestId,
  system: SYSTEM,
  issuedAt: now.toISOString(),
  notBefore: now.toISOString(),
});

const after = (now: Date, seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();

/** A grant as the worker would sign it; `change` alters terms before the seal, `tamper` after. */
export function grantPacket(
  options: {
    change?: Partial<GrantPacket>;
    tamper?: Partial<GrantPacket>;
    approvers?: string[];
    requestId?: RequestId;
    now?: Date;
  } = {},
): GrantPacket {
  const now = options.now ?? systemClock.now();
  const terms = {
    ...common(options.requestId ?? newRequestId(), now),
    kind: 'grant' as const,
    expiresAt: after(now, 120),
    requester: person('alice'),
    subject: person('alice'),
    scope: 'read',
    login: null,
    privileges: READ,
    startAt: null,
    durationMinutes: 60,
    change: null,
    reasonDigest: reasonDigest('why not'),
    endsAtLatest: after(now, 3_720),
    approvalsNeeded: 1,
    ...options.change,
  };
  const {
    tenant,
    requestId,
    requester,
    subject,
    system,
    scope,
    login,
    privileges,
    startAt,
    durationMinutes,
  } = terms;
  const seal = sealDigest({
    tenant,
    requestId,
    requester,
    subject,
    system,
    scope,
    login,
    privileges,
    startAt,
    durationMinutes,
    change: terms.change,
    reasonDigest: terms.reasonDigest,
  });
  const votes = (options.approvers ?? ['bob']).map((name) => ({
    voteId: newEventId(),
    principal: person(name),
    verdict: 'approve' as const,
    seal,
    castAt: now.toISOString(),
    proof: null,
  }));
  return { ...terms, seal, votes, window: null, ...options.tamper };
}

export const endPacket = (
  requestId: RequestId,
  reason: EndPacket['reason'] = 'ended_early',
  now = systemClock.now(),
): EndPacket => ({
  ...common(requestId, now),
  kind: 'end',
  expiresAt: null,
  reason,
});

export const revealPacket = (
  requestId: RequestId,
  recipient: string,
  subject = 'alice',
  now = systemClock.now(),
): RevealPacket => ({
  ...common(requestId, now),
  kind: 'reveal',
  expiresAt: after(now, 120),
  subject: person(subject),
  recipient,
  proof: null,
});

export const checkOutPacket = (
  change: Partial<CheckOutPacket> = {},
  now = systemClock.now(),
): CheckOutPacket => ({
  ...common(newRequestId(), now),
  kind: 'check_out',
  expiresAt: after(now, 120),
  subject: person('alice'),
  account: 'glass_1',
  superuser: false,
  durationMinutes: 60,
  endsAtLatest: after(now, 3_720),
  ...change,
});

export const observePacket = (
  question: ObserveQuestion,
  requestId = newRequestId(),
  now = systemClock.now(),
): ObservePacket => ({
  ...common(requestId, now),
  kind: 'observe',
  expiresAt: after(now, 120),
  question,
});

export const accountFor = (requestId: RequestId): string => `cs_g_${requestId.slice(2)}`;
