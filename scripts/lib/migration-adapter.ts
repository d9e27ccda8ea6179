import { EventEmitter } from 'node:events';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { z } from 'zod';

const CHAR_OID = 18;
const TEXT_OID = 25;
const rowDescription = z.object({ fields: z.array(z.looseObject({ dataTypeID: z.number() })) });

/**
 * adapter-pg as migrations need it. The stock one splits scripts on every `;`, even inside a function body; cannot read
 * the catalogue's "char" columns; and, given a connection string, runs shadow migrations in the main database.
 * `owner`, when given, is the role scripts run under, so that it owns what they create.
 */
export function migrationAdapter(url: string, owner?: string): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: 'countersign-migrations',
    connect: () => connect(url, owner, async () => {}),
    connectToShadowDb: async () => {
      const database = `countersign_shadow_${crypto.randomUUID().replaceAll('-', '')}`;
      await administer(url, `CREATE DATABASE ${database} ${owner === undefined ? '' : `OWNER ${owner}`}`);
      const shadow = new URL(url);
      shadow.pathname = `/${database}`;
      return connect(shadow.href, owner, () => administer(url, `DROP DATABASE ${database} WITH (FORCE)`));
    },
  };
}

async function connect(
  url: string,
  owner: string | undefined,
  afterwards: () => Promise<void>,
): Promise<SqlDriverAdapter> {
  // The engine's advisory lock would stay on an idle pooled connection: one connection, gone when idle.
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 50,
    options: '-c TimeZone=UTC',
  });
  let charColumns: readonly boolean[] = [];
  pool.on('connect', (client) => readCharAsText(client, (columns) => (charColumns = columns)));
  const adapter = await new PrismaPg(pool).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnTypes.map((type, at) =>
      charColumns[at] ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
  adapter.executeScript = (script) => runWhole(pool, script, owner);
  adapter.dispose = async () => {
    await pool.end();
    await afterwards();
  };
  return adapter;
}

/** One simple-protocol query is one implicit transaction: a script applies whole or not at all. */
async function runWhole(pool: pg.Pool, script: string, owner: string | undefined): Promise<void> {
  const client = await pool.connect();
  try {
    if (owner !== undefined) await client.query(`SET ROLE ${owner}`);
    await client.query(script);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { code = 'XX000', severity = 'ERROR', message, detail, column, hint } = error;
    throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
  } finally {
    await client.query('ROLLBACK; RESET ROLE');
    client.release();
  }
}

/** adapter-pg refuses type "char" before anything can be mended, so the column is announced as text on the wire. */
function readCharAsText(client: pg.PoolClient, seen: (columns: readonly boolean[]) => void): void {
  const connection: unknown = Reflect.get(client, 'connection');
  if (!(connection instanceof EventEmitter)) throw new TypeError('node-pg has no connection to listen on');
  connection.prependListener('rowDescription', (message: unknown) => {
    const { fields } = rowDescription.parse(message);
    seen(fields.map((field) => field.dataTypeID === CHAR_OID));
    const mended = fields.map((field) =>
      field.dataTypeID === CHAR_OID ? { ...field, dataTypeID: TEXT_OID } : field,
    );
    Reflect.set(Object(message), 'fields', mended);
  });
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
