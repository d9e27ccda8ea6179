import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { githubConnector } from '../connectors/github/index.js';
import { oktaConnector } from '../connectors/okta/index.js';
import { postgresConnector } from '../connectors/postgres/index.js';
import type { Clock } from '../core/clock.js';
import { type FaultHook, noFaults } from '../core/faults.js';
import type { TenantId } from '../core/tenant.js';
import { turns } from '../core/turns.js';
import {
  githubTokens,
  oktaTokens,
  SEALED_KEY_FILE,
  SealedKey,
  SealedStore,
  sealedBroker,
  tokenBroker,
} from '../credentials/index.js';
import type { ProcessKeys } from '../keys/index.js';
import { keyFileNames, PacketKeyring, ReceiptSigner } from '../packet/index.js';
import { oneAtATime } from './alone.js';
import type { DoerContext } from './context.js';
import { openDatabase } from './database.js';
import { deliverReceipts } from './deliver.js';
import { openDisk } from './disk.js';
import { owedEnder } from './end-owed.js';
import { codeOf } from './failure.js';
import { glassEnder } from './glass/owed.js';
import { glassReconciler } from './glass/strays.js';
import { leaseBook } from './leases.js';
import { readLimits } from './limits.js';
import { logClient } from './log-client.js';
import { LEDGER_KEYS_FILE, LedgerKeys, watchLog } from './logged.js';
import { reconciler } from './reconcile.js';
import { repeat } from './repeat.js';
import { leaseSweeper } from './sweep-leases.js';
import { type Door, doorOf, serveSystems } from './systems.js';
import { packetTaker } from './take-packets.js';
import { readTargets, type TargetSystem } from './targets.js';

export interface DoerOptions {
  tenant: TenantId;
  databaseUrl: string;
  /** `packet-keyring.json`, `receipt-signer.json`, `sealed-key.json`, `ledger-keys.json`. */
  keys: ProcessKeys;
  /** This doer's own disk; no other doer may share it. */
  dataDir: string;
  limitsFile: string;
  targetsFile: string;
  /** Where the log's public proofs are read. */
  ledgerUrl: string;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  faults?: FaultHook;
  reconcileSeconds?: number;
}

export interface Doer {
  /** A packet was released; it would be found anyway within a quarter of a second. */
  wake(): void;
  /** Finishes what is in hand and lets go of every connection. */
  stop(): Promise<void>;
}

/**
 * Starts the executor: packets from our database, ends from its own disk and from the target. Starts, and ends accesses,
 * with our database or a target away. Throws `key_unreadable`, `targets_unreadable`, `limits_unreadable` or `data_dir_in_use`.
 */
export function startDoer(options: DoerOptions): Doer {
  const context = buildContext(options);
  const { log } = context;
  const report = (what: string) => (error: unknown) => log.warn({ code: codeOf(error) }, `doer: ${what}`);
  const delivery = repeat(() => deliverReceipts(context).then(() => false), {
    fastestMilliseconds: 250,
    slowestMilliseconds: 1_000,
    onError: report('receipts kept on disk'),
  });
  const taker = packetTaker(context, delivery.wake);
  const packets = repeat(taker.round, {
    fastestMilliseconds: 50,
    slowestMilliseconds: 250,
    onError: report('packets not read'),
  });
  const claims = repeat(
    () => context.database.renew(taker.inHand()).then(() => false),
    every(1, report('claims not renewed')),
  );
  const upkeep = context.systems.names().flatMap((system) => [
    repeat(owedEnder(context, system, delivery.wake), every(0.25, report('owed ends not tried'))),
    repeat(glassEnder(context, system, delivery.wake), every(0.25, report('owed rotations not tried'))),
    repeat(
      glassReconciler(context, system, delivery.wake),
      // Each look is a lease at the target, and these accounts are few and rarely touched.
      every((options.reconcileSeconds ?? 5) * 6, report('break-glass accounts not reconciled')),
    ),
    repeat(
      reconciler(context, system, delivery.wake),
      every(options.reconcileSeconds ?? 5, report('not reconciled')),
    ),
    repeat(leaseSweeper(context, system, delivery.wake), every(15, report('leases not swept'))),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([packets, ...upkeep].map((loop) => loop.stop()));
    await taker.idle();
    await Promise.all([claims.stop(), delivery.stop()]);
    await context.database.close();
    context.disk.release();
  };
  let stopping: Promise<void> | undefined;
  log.info({ systems: context.systems.names() }, 'doer: ready');
  return {
    wake: packets.wake,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

const every = (seconds: number, onError: (error: unknown) => void) => ({
  fastestMilliseconds: seconds * 1000,
  slowestMilliseconds: seconds * 1000,
  onError,
});

function buildContext(options: DoerOptions): DoerContext {
  const { tenant, clock, log, databaseUrl, keys } = options;
  readLimits(options.limitsFile); // a file that cannot be used is told at the start, not at the first grant
  const { sealedStore, systems: targets } = readTargets(options.targetsFile);
  const disk = openDisk(options.dataDir, (file) =>
    log.error({ file }, 'doer: a file of ours cannot be read'),
  );
  const key = keys.read(SEALED_KEY_FILE, SealedKey);
  const leases = leaseBook();
  const database = openDatabase({ databaseUrl, tenant, holder: disk.holder });
  return {
    tenant,
    clock,
    log,
    faults: options.faults ?? noFaults,
    keyring: keys.read(keyFileNames.packetKeyring, PacketKeyring),
    receiptSigner: keys.read(keyFileNames.receiptSigner, ReceiptSigner),
    limits: () => readLimits(options.limitsFile),
    logWatch: watchLog({
      keys: keys.read(LEDGER_KEYS_FILE, LedgerKeys),
      dataDir: options.dataDir,
      fetchConsistency: logClient(options.ledgerUrl),
    }),
    disk,
    database,
    systems: serveSystems({
      targets,
      doors: doorsTo(targets, key, () => readSealedStore(sealedStore)),
      clock,
      onLease: leases.note,
      log,
    }),
    leases,
    alone: oneAtATime(database.lock),
    sealedKey: key,
    accountTurn: turns(),
  };
}

function doorsTo(
  all: Readonly<Record<string, TargetSystem>>,
  key: SealedKey,
  readStore: () => SealedStore,
): Record<TargetSystem['kind'], Door> {
  const sealed = { key, readStore };
  return {
    postgres: doorOf(postgresConnector, sealedBroker({ ...sealed, targets: ofKind(all, 'postgres') })),
    okta: doorOf(oktaConnector, tokenBroker({ ...sealed, targets: ofKind(all, 'okta'), vendor: oktaTokens })),
    github: doorOf(
      githubConnector,
      tokenBroker({ ...sealed, targets: ofKind(all, 'github'), vendor: githubTokens }),
    ),
  };
}

const ofKind = <K extends TargetSystem['kind']>(all: Readonly<Record<string, TargetSystem>>, kind: K) =>
  Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, Extract<TargetSystem, { kind: K }>] => entry[1].kind === kind,
    ),
  );

const readSealedStore = (file: string): SealedStore =>
  SealedStore.parse(JSON.parse(readFileSync(file, 'utf8')));
