import { createPostgresBackend, Queue, Worker } from 'bullmq';
import type { JobName, QueueSchema } from './catalogue.js';

/** Where the wake-ups live: Postgres by default, Redis where an operator gives one. */
export type QueuePlace = { databaseUrl: string } | { redisUrl: string };

/** What we use of a BullMQ queue or worker, whichever stands behind it. */
export interface Live {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface Sender extends Live {
  add(name: string, data: object, options: AddOptions): Promise<unknown>;
}

export interface AddOptions {
  jobId: string;
  delay: number;
  removeOnComplete: true;
  removeOnFail: true;
}

type Handler = (data: unknown) => Promise<void>;

/** A process killed in the middle of a job: another runs it after four seconds, not after BullMQ's minute. */
const workerOptions = { concurrency: 8, lockDuration: 3_000, stalledInterval: 1_000, runRetryDelay: 500 };

export function buildSender(place: QueuePlace, schema: QueueSchema, name: JobName): Sender {
  return 'redisUrl' in place
    ? new Queue(name, { connection: redis(place.redisUrl, { enableOfflineQueue: false }), prefix: schema })
    : new Queue(name, { connection: postgres(place.databaseUrl, schema, 1) }, createPostgresBackend);
}

export function buildWorker(place: QueuePlace, schema: QueueSchema, name: JobName, handler: Handler): Live {
  const run = (job: { data: unknown }): Promise<void> => handler(job.data);
  return 'redisUrl' in place
    ? new Worker(name, run, {
        ...workerOptions,
        connection: redis(place.redisUrl, { maxRetriesPerRequest: null }),
        prefix: schema,
      })
    : new Worker(
        name,
        run,
        { ...workerOptions, connection: postgres(place.databaseUrl, schema, 2) },
        createPostgresBackend,
      );
}

// A config object, since BullMQ binds a bare URL and a ready-made pool to a schema of its own choice.
const postgres = (connectionString: string, schema: QueueSchema, max: number) => ({
  connectionString,
  schema,
  max,
  connectionTimeoutMillis: 2_000,
  query_timeout: 10_000,
  keepAlive: true,
});

const redis = <Options extends object>(url: string, options: Options) => ({
  url,
  connectTimeout: 2_000,
  ...options,
});
