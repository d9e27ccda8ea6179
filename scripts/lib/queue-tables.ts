import { runMigrations } from 'bullmq';
import pg from 'pg';
import { type QueueSchema, queueSchemas } from '../../src/queue/index.js';
import { type Login, OWNER } from './database-roles.js';

/** Who may use which queues: the timers are the worker's alone. The doer sees only the wake-ups it shares with the worker. */
const USERS: Readonly<Record<QueueSchema, readonly Login[]>> = {
  bull: ['cs_worker'],
  bull_doer: ['cs_worker', 'cs_doer'],
};

/**
 * BullMQ's own tables, owned by cs_owner. The job-id sequence of each queue is made here, since BullMQ would otherwise
 * want CREATE on the schema at run time.
 */
export async function migrateQueues(client: pg.Client): Promise<void> {
  for (const schema of ['bull', 'bull_doer'] as const) {
    await client.query(`SET ROLE ${OWNER}`);
    await runMigrations(client, schema);
    for (const queue of queueSchemas[schema]) await makeSequence(client, schema, queue);
    await confineLocks(client, schema);
    await grant(client, schema, USERS[schema].join(', '));
    await client.query('RESET ROLE');
  }
}

async function makeSequence(client: pg.Client, schema: QueueSchema, queue: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`SELECT ${schema}.job_id_seq_name($1) AS name`, [
    queue,
  ]);
  for (const { name } of rows)
    await client.query(`CREATE SEQUENCE IF NOT EXISTS ${schema}.${pg.escapeIdentifier(name)}`);
}

/**
 * Nobody but the sequencer may take two-integer advisory locks, lest someone squat on its own. BullMQ needs them in two
 * functions, which fix the first integer: they run with the owner's rights.
 */
async function confineLocks(client: pg.Client, schema: QueueSchema): Promise<void> {
  for (const name of ['lock_producer_queues(jsonb)', 'lock_finalization_queues(text, text)'])
    await client.query(
      `ALTER FUNCTION ${schema}.${name} SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp`,
    );
}

async function grant(client: pg.Client, schema: QueueSchema, users: string): Promise<void> {
  await client.query(`REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC`);
  await client.query(`REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${schema} FROM PUBLIC`);
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${users}`);
  await client.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${users}`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${users}`);
  await client.query(`REVOKE INSERT, UPDATE, DELETE ON ${schema}.migration FROM ${users}`);
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${users}`);
}
