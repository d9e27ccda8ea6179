import { Client } from 'pg';
import type { Logger } from 'pino';
import { signCheckpoint } from '../core/checkpoint.js';
import type { Clock } from '../core/clock.js';
import { CountersignError } from '../core/errors.js';
import { type FaultHook, noFaults } from '../core/faults.js';
import { appendBatch, dropSequenced, openRanges, readInbox } from './append.js';
import { buildBatch, type InboxRow, type LogHead } from './batch.js';
import type { CheckpointKeys } from './checkpoint-keys.js';
import { type CheckpointMemory, refuseRollback } from './checkpoint-memory.js';
import { logOrigin } from './origin.js';
import { pause } from './pause.js';
import { announceKeys, recordKeys, takeLog } from './take-log.js';
import { edgeRoot } from './tree.js';

export interface SequencerOptions {
  databaseUrl: string;
  clock: Clock;
  /** How soon a new event is looked for while events are coming in. */
  pollMilliseconds: number;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** What signs checkpoints. */
  keys: CheckpointKeys;
  /** What this process itself remembers having signed, outside the database. */
  memory: CheckpointMemory;
  hook?: FaultHook;
}

export interface Sequencer {
  /** Ends after the batch in flight and releases the lock. */
  stop(): Promise<void>;
}

/**
 * Starts the ledger's only writer. Several may run: one leads, the others wait for its lock. It outlives restarts of
 * Postgres, and whatever goes wrong makes it read the head again before it writes again.
 */
export function startSequencer(options: SequencerOptions): Sequencer {
  const stopping = new AbortController();
  const done = run(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

const BATCH_ENTRIES = 2000;
const LOCK_SPACE = 0x43534c31; // "CSL1"
const LOCK_ID = 1;
const STANDBY_MILLISECONDS = 100;
const RETRY_MILLISECONDS = 300;
const CLOSE_MILLISECONDS = 500;
const IDLE_MILLISECONDS = 25;
const QUERY_TIMEOUT_MILLISECONDS = 8_000;
const UNIQUE_VIOLATION = '23505';

async function run(options: SequencerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const client = newSession(options);
    try {
      await client.connect();
      if (await awaitLock(client, signal)) await lead(client, options, signal);
    } catch (error) {
      options.log.warn(
        { error: error instanceof Error ? error.message : 'unknown' },
        'sequencer: starting over',
      );
      await pause(RETRY_MILLISECONDS, signal);
    } finally {
      await closeSession(client);
    }
  }
}

/** Lock and appends share this session: who lost the lock has lost the means to write. */
function newSession({ databaseUrl, log }: SequencerOptions): Client {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'countersign sequencer',
    connectionTimeoutMillis: QUERY_TIMEOUT_MILLISECONDS,
    query_timeout: QUERY_TIMEOUT_MILLISECONDS,
    // A leader asks every few milliseconds. One that fell silent is cut off, and its lock goes to a standby.
    options: '-c TimeZone=UTC -c idle_session_timeout=10s -c statement_timeout=7s',
  });
  client.on('error', (error) => log.warn({ error: error.message }, 'sequencer: connection lost'));
  return client;
}

/** A session that no longer answers is left to its server-side timeout. */
async function closeSession(client: Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), pause(CLOSE_MILLISECONDS, new AbortController().signal)]);
}

async function awaitLock(client: Client, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS held', [
      LOCK_SPACE,
      LOCK_ID,
    ]);
    if (rows[0]?.held) return true;
    await pause(STANDBY_MILLISECONDS, signal);
  }
  return false;
}

async function lead(client: Client, options: SequencerOptions, signal: AbortSignal): Promise<void> {
  const { log, hook = noFaults, pollMilliseconds } = options;
  const heads = new Map<string, LogHead>();
  const halted: string[] = [];
  log.info({}, 'sequencer: leading');
  let wait = pollMilliseconds;
  while (!signal.aborted) {
    const inbox = await readInbox(client, BATCH_ENTRIES, halted);
    if (inbox.size === 0) {
      await pause(wait, signal);
      wait = Math.min(wait + 1, Math.max(IDLE_MILLISECONDS, pollMilliseconds));
      continue;
    }
    await hook('sequencer.drained');
    for (const [tenant, rows] of inbox) {
      try {
        const head = heads.get(tenant) ?? (await beginLeading(client, options, tenant));
        heads.set(tenant, await append(client, options, head, rows));
      } catch (error) {
        if (!(error instanceof CountersignError) || error.code !== 'ledger_halted') throw error;
        // One log that must not go on does not stop the others. Its events wait in the inbox.
        halted.push(tenant);
        log.error({ tenant, code: error.code, detail: error.detail }, `sequencer: ${error.message}`);
      }
    }
    await hook('sequencer.appended');
    wait = pollMilliseconds;
  }
}

/** Takes a log over, refuses one that was rolled back, and announces keys it does not know yet. */
async function beginLeading(client: Client, options: SequencerOptions, tenant: string): Promise<LogHead> {
  const head = await takeLog(client, tenant, logOrigin(tenant));
  await refuseRollback(client, head, await options.memory.recall(head.origin));
  const rotation = await announceKeys(client, head, options.keys, options.clock.now());
  if (!rotation) return head;
  const after = await append(client, options, head, [rotation]);
  await recordKeys(client, after, options.keys);
  return after;
}

/** Throws when fenced, or when the reply was lost: either way the next round starts from the head as it is stored. */
async function append(
  client: Client,
  options: SequencerOptions,
  head: LogHead,
  rows: readonly InboxRow[],
): Promise<LogHead> {
  const now = options.clock.now();
  const batch = buildBatch(head, rows, now);
  const { origin, size, edge } = batch.after;
  const note = signCheckpoint({ origin, size, root: edgeRoot(edge) }, options.keys.signersFor(origin), now);
  await openRanges(client, batch);
  await (options.hook ?? noFaults)('sequencer.ready');
  try {
    if (await appendBatch(client, batch, note)) {
      await options.memory.remember(origin, note);
      return batch.after;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)
      await dropSequenced(client);
    throw error;
  }
  throw new Error(`fenced: another sequencer moved the log of ${head.tenant}`);
}
