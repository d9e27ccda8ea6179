import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOGINS, type Login } from '../../scripts/lib/database-roles.js';
import { freshDatabase, type TestDatabase } from '../harness/postgres.js';
import { withClient } from '../harness/postgres-admin.js';
import { allowedFunctions, allowedRelations } from './allowed.js';
import { isAllowed, listRelations, measureRights, type Relation } from './privileges.js';

const SCHEMAS = ['gate', 'ledger', 'doer', 'bull', 'bull_doer', 'public'];
const TWO_INTEGER_LOCKS = [
  ...['', '_shared'].flatMap((mode) => [`pg_advisory_lock${mode}`, `pg_try_advisory_lock${mode}`]),
  ...['', '_shared'].flatMap((mode) => [`pg_advisory_xact_lock${mode}`, `pg_try_advisory_xact_lock${mode}`]),
  ...['', '_shared'].map((mode) => `pg_advisory_unlock${mode}`),
];

/** Ways up or out that no role of ours has. */
const NEVER: Readonly<Record<string, string>> = {
  'make a schema': 'CREATE SCHEMA mine',
  'make a role': 'CREATE ROLE mine LOGIN',
  'make a language': 'CREATE LANGUAGE mine HANDLER plpgsql_call_handler',
  'make a function in gate': "CREATE FUNCTION gate.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  'replace the write door':
    "CREATE OR REPLACE FUNCTION gate.commit(jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT NULL::jsonb'",
  'become the owner': 'SET ROLE cs_owner',
  'become the superuser': 'SET SESSION AUTHORIZATION postgres',
  'skip triggers': 'SET session_replication_role = replica',
  'grant the owner to itself': 'GRANT cs_owner TO CURRENT_USER',
  'grant itself a table': 'GRANT ALL ON gate.vote TO CURRENT_USER; DELETE FROM gate.vote WHERE false',
  'raise its own rights': 'ALTER ROLE CURRENT_USER SUPERUSER',
  'make the server log passwords': "SET log_statement = 'all'",
  'read a file': "SELECT pg_read_file('postgresql.conf')",
  'list a directory': "SELECT pg_ls_dir('.')",
  'run a program': "COPY (SELECT 1) TO PROGRAM 'true'",
  'write a file': "COPY (SELECT 1) TO '/tmp/x'",
  'read verifiers': 'SELECT rolpassword FROM pg_authid',
  'make a large object': 'SELECT lo_create(0)',
  'fill a large object': "SELECT lo_from_bytea(0, 'x')",
  'change a colleague': "ALTER ROLE cs_owner SET search_path = 'mine'",
};

let database: TestDatabase;
let relations: Relation[];
const clients = new Map<Login, pg.Client>();

beforeAll(async () => {
  database = await freshDatabase();
  relations = await withClient(database.urls.admin, (client) => listRelations(client, SCHEMAS));
  const { app, worker, sequencer, doer } = database.urls;
  const urls: Record<Login, string> = {
    cs_app: app,
    cs_worker: worker,
    cs_sequencer: sequencer,
    cs_doer: doer,
  };
  for (const login of LOGINS) {
    const client = new pg.Client({ connectionString: urls[login] });
    await client.connect();
    clients.set(login, client);
  }
});
afterAll(async () => {
  for (const client of clients.values()) await client.end();
  await database.drop();
});

it('rule 1: every table and sequence of ours has its line in the matrix, and no line is left over', () => {
  expect(relations.map(({ name }) => name).sort()).toEqual(Object.keys(allowedRelations).sort());
});

describe.each(LOGINS)('%s', (login) => {
  it('is refused every statement on every relation but those the matrix allows', async () => {
    const measured: Record<string, unknown> = {};
    for (const relation of relations) measured[relation.name] = await measureRights(as(login), relation);

    expect(measured).toEqual(
      Object.fromEntries(relations.map(({ name }) => [name, allowedRelations[name]?.[login] ?? []])),
    );
  });

  it('is refused every function but those the matrix allows', async () => {
    const functions = await listFunctions(login);
    const open = (name: string) => allowedFunctions[login].some((allowed) => matches(allowed, name));

    expect(functions.filter((each) => each.granted).map(({ name }) => name)).toEqual(
      functions.filter((each) => open(each.name)).map(({ name }) => name),
    );
    for (const { call } of functions.filter((each) => !each.granted && !each.isTrigger))
      expect({ call, allowed: await isAllowed(as(login), call) }).toEqual({ call, allowed: false });
  });

  it.each(Object.entries(NEVER))('cannot %s', async (_, statement) => {
    expect(await isAllowed(as(login), statement)).toBe(false);
  });

  it.each(SCHEMAS)('cannot make a table in %s', async (schema) => {
    expect(await isAllowed(as(login), `CREATE TABLE ${schema}.mine (x int)`)).toBe(false);
  });

  it('makes temporary tables only where BullMQ needs them', async () => {
    expect(await isAllowed(as(login), 'CREATE TEMP TABLE mine (x int)')).toBe(login === 'cs_worker');
  });

  it.each(TWO_INTEGER_LOCKS)('%s(int, int): only the sequencer takes the one it needs', async (lock) => {
    expect(await isAllowed(as(login), `SELECT ${lock}(1, 1)`)).toBe(
      login === 'cs_sequencer' && lock === 'pg_try_advisory_lock',
    );
  });

  it.each(LOGINS.filter((other) => other !== login))('cannot become %s', async (other) => {
    expect(await isAllowed(as(login), `SET ROLE ${other}`)).toBe(false);
  });
});

function as(login: Login): pg.Client {
  const client = clients.get(login);
  if (client === undefined) throw new TypeError(`${login} is not connected`);
  return client;
}

const matches = (allowed: string, name: string): boolean =>
  allowed === name || (allowed.endsWith('.*') && name.startsWith(allowed.slice(0, -1)));

async function listFunctions(login: Login) {
  return withClient(database.urls.admin, async (client) => {
    const { rows } = await client.query<{ name: string; call: string; granted: boolean; isTrigger: boolean }>(
      `SELECT format('%s.%s', n.nspname, p.proname) AS name, p.prorettype = 'trigger'::regtype AS "isTrigger",
              has_schema_privilege($2, n.oid, 'USAGE') AND has_function_privilege($2, p.oid, 'EXECUTE') AS granted,
              format('SELECT %I.%I(%s)', n.nspname, p.proname,
                (SELECT string_agg(format('NULL::%s', format_type(a, NULL)), ', ' ORDER BY i)
                 FROM unnest(p.proargtypes) WITH ORDINALITY AS x(a, i))) AS call
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY ($1) ORDER BY 1, p.oid`,
      [SCHEMAS, login],
    );
    return rows;
  });
}
