import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { RequestId } from '../../src/core/tenant.js';
import { PATIENCE, type TestHouse } from '../harness/house.js';
import { withClient } from '../harness/postgres-admin.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';

/** What a test may look at besides the messages: both databases, the ledger, every stored byte. */

type Row = Record<string, unknown>;

/** Runs SQL in our database as its superuser. */
export const ours = async ({ databases }: TestHouse, sql: string, values: unknown[] = []): Promise<Row[]> =>
  (await databases.ours.query(sql, values)).rows;

/** Runs SQL at the target as its superuser. */
export const atTarget = async (
  { databases }: TestHouse,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> => (await databases.target.query(sql, values)).rows;

const ButtonValue = z.object({ value: z.string() });

/** The request a card is of, as its buttons name it, and the seal they were drawn for. */
export function termsOf(card: Message): { id: RequestId; seal: string } {
  for (const element of card.blocks?.flatMap((block) => block.elements ?? []) ?? []) {
    const value = ButtonValue.safeParse(element);
    const [id, seal] = value.success ? value.data.value.split(':') : [];
    if (id !== undefined && seal !== undefined) return { id: RequestId.parse(id), seal };
  }
  throw new Error('the card has no buttons');
}

const Event = z.object({
  seq: z.int(),
  event: z.looseObject({
    type: z.string(),
    request: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
    decision: z.looseObject({ effect: z.string(), rules: z.array(z.string()) }).nullable(),
  }),
});
export type LedgerEvent = z.infer<typeof Event>['event'] & { seq: number };

/** The ledger as an auditor reads it over HTTP. */
export async function events(
  house: TestHouse,
  of?: { request?: string; type?: string },
): Promise<LedgerEvent[]> {
  const answer = await asAuditor(house, '/v1/audit/events?limit=10000');
  return (await answer.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Event.parse(JSON.parse(line)))
    .map(({ seq, event }) => ({ ...event, seq }))
    .filter((event) => of?.request === undefined || event.request === of.request)
    .filter((event) => of?.type === undefined || event.type === of.type);
}

/** Waits for an entry of this type, of this request where one is given. */
export const eventOf = (house: TestHouse, of: { request?: string; type: string }): Promise<LedgerEvent> =>
  waitUntil(`${of.type} in the ledger`, async () => (await events(house, of)).at(-1), PATIENCE);

/** Waits for so many entries, gives all there are: what a person was told is sequenced a little later. */
export const eventsOf = (
  house: TestHouse,
  of: { request?: string; type?: string },
  count: number,
): Promise<LedgerEvent[]> =>
  waitUntil(
    `${count} entries in the ledger`,
    async () => {
      const found = await events(house, of);
      return found.length >= count && found;
    },
    PATIENCE,
  );

const Verdict = z.looseObject({
  ok: z.boolean(),
  problems: z.array(z.looseObject({ seq: z.int().nullable() })),
  anchors: z.array(z.looseObject({ domain: z.string(), agrees: z.boolean() })),
});

export const verifyOverHttp = async (house: TestHouse) =>
  Verdict.parse(await (await asAuditor(house, '/v1/audit/verify')).json());

/** What the HTTP API answers who holds an auditor's token. */
export const asAuditor = ({ house }: TestHouse, path: string): Promise<Response> =>
  fetch(house.httpUrl + path, { headers: { authorization: `Bearer ${house.secrets.auditorToken}` } });

/** An open login at the target that notes its own death. */
export interface Session {
  run(sql: string): Promise<Row[]>;
  died(): Promise<void>;
  isOpen(): boolean;
  close(): Promise<void>;
}

/** Logs in as the grantee would. Throws what PostgreSQL answers. */
export async function logIn(uri: string): Promise<Session> {
  const client = new pg.Client({ connectionString: uri });
  let isOpen = true;
  client.on('error', () => {
    isOpen = false;
  });
  client.on('end', () => {
    isOpen = false;
  });
  await client.connect();
  return {
    run: async (sql) => (await client.query(sql)).rows,
    isOpen: () => isOpen,
    died: async () => {
      await waitUntil('the session dies', () => !isOpen, PATIENCE);
    },
    close: () => client.end(),
  };
}

/** The accounts and sessions a login name has at the target: none, when its end is proved. */
export const traces = (house: TestHouse, account: string): Promise<Row[]> =>
  atTarget(
    house,
    `SELECT 'account' AS what, rolname::text AS name FROM pg_roles WHERE rolname = $1
     UNION ALL SELECT 'session', usename FROM pg_stat_activity WHERE usename = $1`,
    [account],
  );

const TableRow = z.object({ name: z.string() });
const ColumnText = z.object({ text: z.string() });

/** Every row of every table of ours (bytes as escaped text too) and every log file, as one text. */
export async function everythingStored(house: TestHouse): Promise<string> {
  const tables = z.array(TableRow).parse(
    await ours(
      house,
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    ),
  );
  const rows = await withClient(house.house.ours.url, async (client) => {
    await client.query("SET bytea_output = 'escape'");
    const texts: string[] = [];
    for (const { name } of tables)
      texts.push(
        ...z
          .array(ColumnText)
          .parse((await client.query(`SELECT t::text AS text FROM ${name} t`)).rows)
          .map((row) => row.text),
      );
    return texts;
  });
  const logs = join(house.dataDir, 'logs');
  const files = readdirSync(logs).map((file) => readFileSync(join(logs, file), 'utf8'));
  return [...rows, ...files].join('\n');
}
