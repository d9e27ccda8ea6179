import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/clock.js';
import { asError, attempt } from './attempt.js';
import { type AddOptions, buildSender, buildWorker, type Live, type QueuePlace } from './backend.js';
import { catalogue, type JobData, type JobName, type QueueSchema, queueSchemas } from './catalogue.js';
import { type Outgoing, outgoing } from './outgoing.js';

type NameIn<Schema extends QueueSchema> = (typeof queueSchemas)[Schema][number];

/** Wake-ups among processes. Losing one costs a second: the sweep over Postgres finds the work (rule 14). */
export interface WakeQueue<Name extends JobName = JobName> {
  /**
   * Wakes whoever listens, at `at` or now; the same job twice is one job. Nobody need wait for the answer, which never
   * rejects: whether the queue took it. A wake-up that it did not take is lost, and what is to be done stands in Postgres.
   */
  wake<Job extends Name>(job: Job, data: JobData<Job>, options?: { at?: Date }): Promise<boolean>;
  /** Runs `handler` for each wake-up; one that throws is reported and dropped. Handlers repeat safely. */
  listen<Job extends Name>(job: Job, handler: (data: JobData<Job>) => Promise<void>): void;
  /** Resolves when every queue and listener asked for so far is connected. */
  ready(): Promise<void>;
  /** Waits two seconds at most for running handlers, then lets go of every connection. */
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
  const { place, schema, clock } = options;
  const closing = new AbortController();
  const onError = (error: Error): void => {
    if (!closing.signal.aborted) options.onError(error);
  };
  const connect = <T extends Live>(build: () => T): Promise<T | null> =>
    untilConnected(build, onError, closing.signal);
  const listeners: Promise<Live | null>[] = [];
  const senders = new Map<JobName, Outgoing>();
  for (const name of queueSchemas[schema])
    senders.set(
      name,
      outgoing(() => connect(() => buildSender(place, schema, name)), onError),
    );

  return {
    wake: async (job, data, { at } = {}) => {
      const sender = senders.get(job);
      if (sender === undefined) return false;
      return sender.send((queue) => {
        const wait = at === undefined ? 0 : Math.max(0, at.getTime() - clock.now().getTime());
        return queue.add(job, data, addOptions(job, data, wait));
      });
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
      await Promise.all([...senders.values()].map((sender) => sender.ready()));
      await Promise.all(listeners);
    },
    close: async () => {
      closing.abort();
      for (const live of await Promise.all(listeners))
        if (live !== null) await attempt(live.close(), onError);
      await Promise.all([...senders.values()].map((sender) => sender.close()));
    },
  };
}

const RETRY_MILLISECONDS = 500;

/** BullMQ 6: what is built while its store is down stays dead and silent. So it is thrown away and built anew. */
async function untilConnected<T extends Live>(
  build: () => T,
  onError: (error: Error) => void,
  closing: AbortSignal,
): Promise<T | null> {
  while (!closing.aborted) {
    const live = build();
    live.on('error', onError);
    if (await attempt(live.waitUntilReady(), onError)) return live;
    await attempt(live.close(), onError);
    await delay(RETRY_MILLISECONDS, undefined, { signal: closing }).catch(() => {});
  }
  return null;
}

const parse = <Job extends JobName>(job: Job, data: unknown): JobData<Job> => catalogue[job].data.parse(data);

/** BullMQ ignores the id of a job it still remembers, a failed one too: nothing is remembered. */
const addOptions = <Job extends JobName>(job: Job, data: JobData<Job>, wait: number): AddOptions => ({
  jobId: catalogue[job].id(data),
  delay: wait,
  removeOnComplete: true,
  removeOnFail: true,
});
