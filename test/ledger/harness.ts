import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../../src/core/clock.js';
import { PrincipalId, TenantId } from '../../src/core/tenant.js';
import {
  checkpointKeysOf,
  createPseudonyms,
  type EventDraft,
  fileMemory,
  fileSubjectKeys,
  prepareEvent,
  type Sequencer,
  type SequencerOptions,
  startSequencer,
} from '../../src/ledger/index.js';
import { freshDatabase, type TestDatabase } from '../harness/postgres.js';

export const tenant = TenantId.parse('T1');
export const alice = PrincipalId.parse('alice');

/** A database with a ledger to write to, as the superuser where a test plays the attacker. */
export interface LedgerHarness {
  database: TestDatabase;
  admin: pg.Pool;
  subjectKeys: ReturnType<typeof fileSubjectKeys>;
  /** Enqueues events in one transaction; gives their ids. */
  enqueue(drafts: readonly Partial<EventDraft>[], at?: TenantId): Promise<string[]>;
  start(options?: Partial<SequencerOptions>): Sequencer;
  /** Resolves when the inbox is empty. */
  /** Until the inbox is empty; fails after so many seconds. */
  drained(seconds?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openLedger(given?: TestDatabase): Promise<LedgerHarness> {
  const database = given ?? (await freshDatabase());
  const admin = new pg.Pool({ connectionString: database.urls.admin, max: 8, options: '-c TimeZone=UTC' });
  admin.on('error', () => {});
  const keysDirectory = await mkdtemp(join(tmpdir(), 'ledger-keys-'));
  const subjectKeys = fileSubjectKeys(keysDirectory);
  const deps = { pseudonyms: createPseudonyms(admin), subjectKeys };
  const signingKey = generateKeyPairSync('ed25519').privateKey;
  const running: Sequencer[] = [];
  return {
    database,
    admin,
    subjectKeys,
    async enqueue(drafts, at = tenant) {
      const prepared = await Promise.all(
        drafts.map((draft) =>
          prepareEvent(deps, {
            tenant: at,
            at: systemClock.now(),
            draft: { type: 'test.happened', requestId: null, actor: alice, ...draft },
            decision: null,
          }),
        ),
      );
      await admin.query('SELECT ledger.enqueue($1, $2)', [at, JSON.stringify(prepared)]);
      return prepared.map(({ eventId }) => eventId);
    },
    start(options = {}) {
      const sequencer = startSequencer({
        databaseUrl: database.urls.sequencer,
        clock: systemClock,
        pollMilliseconds: 5,
        log: { info: () => {}, warn: () => {}, error: () => {} },
        keys: checkpointKeysOf(signingKey),
        memory: fileMemory(keysDirectory),
        ...options,
      });
      running.push(sequencer);
      return sequencer;
    },
    drained: (seconds) =>
      until(
        async () => (await admin.query('SELECT FROM ledger.ledger_inbox LIMIT 1')).rowCount === 0,
        seconds,
      ),
    async close() {
      await Promise.all(running.map((sequencer) => sequencer.stop()));
      await admin.end();
      await database.drop();
      await rm(keysDirectory, { recursive: true });
    },
  };
}

/** Asks again until true; fails the test rather than wait for ever. */
export async function until(isTrue: () => Promise<boolean>, seconds = 20): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > end) throw new Error(`not true within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
