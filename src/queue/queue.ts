import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/clock.js';
import {
  type AddOptions,
  buildSender,
  buildWorker,
  type Live,
  type QueuePlace,
  type Sender,
} from './backend.js';
import { catalogue, type JobData, type JobName, type QueueSchema, queueSchemas } from './catalogue.js';

type NameIn<Schema extends QueueSchema> = (typeof queueSchemas)[Schema][number];

/** Wake-ups among processes. Losing one costs a second: the sweep over Postgres finds the work (rule 14). */
export interface WakeQueue<Name extends JobName = JobName> {
  /**
   * Wakes whoever listens, at `at` or now; the same job twice is one job. False when the queue is unreachable, which is
   * no reason to fail: what is to be done stands in Postgres.
   */
  wake<Job extends Name>(job: Job, data: JobData<Job>, options?: { at?: Date }): Promise<boolean>;
  /** Runs `handler` for each wake-up; one that throws is reported and dropped. Handlers repeat safely. */
  listen<Job extends Name>(job: Job, handler: (data: JobData<Job>) => Promise<void>): void;
  /** Resolves when every queue and listener asked for so far is connected. */
  ready(): Promise<void>;
  /** Waits for running handlers, then lets go of every connection. */
  close(): Promise<void>;
}

export interface QueueOptions<Schema extends QueueSchema> {
  place: QueuePlace;
  /** `bull` for the gatekeepers, `bull_doer` for what the worker shares with the doer. */
  schema: Schema;
  clock: Clock;
  onError: (error: Error) => void;
}

/**
 * Opens the queues of one schema. Returns at once, and connects and reconnects behind the scenes, so that a process can
 * start, and end accesses, while the queue is away.
 * @example const queue = openQueue({ place: { databaseUrl }, schema: 'bull', clock, onError: log });
 */
export function openQueue<Schema extends QueueSchema>(
  options: QueueOptions<Schema>,
): WakeQueue<NameIn<Schema>> {
  const { place, schema, clock, onError } = options;
  const closing = new AbortController();
  const connect = <T extends Live>(build: () => T): Promise<T | null> =>
    untilConnected(build, onError, closing.signal);
  const senders = new Map<JobName, Promise<Sender | null>>();
  const listeners: Promise<Live | null>[] = [];
  for (const name of queueSchemas[schema])
    senders.set(
      name,
      connect(() => buildSender(place, schema, name)),
    );

  return {
    wake: async (job, data, { at } = {}) => {
      const sender = await Promise.race([senders.get(job), delay(SEND_MILLISECONDS, null, { ref: false })]);
      if (!sender) return false;
      const wait = at === undefined ? 0 : Math.max(0, at.getTime() - clock.now().getTime());
      return attempt(sender.add(job, data, addOptions(job, data, wait)), onError);
    },
    listen: (job, handler) => {
      const run = async (data: unknown): Promise<void> => {
        try {
          await handler(parse(job, data));
        } catch (thrown) {
          onError(asError(thrown));
        }
      };
      listeners.push(connect(() => buildWorker(place, schema, job, run)));
    },
    ready: async () => {
      await Promise.all([...senders.values(), ...listeners]);
    },
    close: async () => {
      closing.abort();
      for (const live of await Promise.all([...listeners, ...senders.values()])) await live?.close();
    },
  };
}

const SEND_MILLISECONDS = 2_000;
const RETRY_MILLISECONDS = 500;

/** BullMQ 6: what is built while its store is down stays dead and silent. So it is thrown away and built anew. */
async function untilConnected<T extends Live>(
  build: () => T,
  onError: (error: Error) => void,
  closing: AbortSignal,
): Promise<T | null> {
  while (!closing.aborted) {
    const live = build();
    live.on('error', (error) => {
      if (!closing.aborted) onError(error);
    });
    if (await attempt(live.waitUntilReady(), onError)) return live;
    await attempt(live.close(), onError);
    await delay(RETRY_MILLISECONDS, undefined, { signal: closing }).catch(() => {});
  }
  return null;
}

/** Redis clients wait for ever for a server that is away; a wake-up must not. */
async function attempt(work: Promise<unknown>, onError: (error: Error) => void): Promise<boolean> {
  const done = work.then(() => true);
  try {
    return await Promise.race([done, delay(SEND_MILLISECONDS, false, { ref: false })]);
  } catch (error) {
    onError(asError(error));
    return false;
  }
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('not an Error', { cause: thrown });

const parse = <Job extends JobName>(job: Job, data: unknown): JobData<Job> => catalogue[job].data.parse(data);

function addOptions<Job extends JobName>(job: Job, data: JobData<Job>, wait: number): AddOptions {
  const { id, standing } = catalogue[job];
  // BullMQ ignores the id of a job it still remembers, a failed one too: nothing is remembered.
  const common = { delay: wait, removeOnComplete: true, removeOnFail: true } as const;
  return standing
    ? { ...common, deduplication: { id: id(data), keepLastIfActive: true } }
    : { ...common, jobId: id(data) };
}
