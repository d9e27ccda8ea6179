import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { Limits, Targets } from '../../src/doer/index.js';
import type { Organisation } from '../../src/policy/index.js';
import { atDatabase, withClient } from '../lib/connection.js';
import { prepareTarget, TargetSpec } from '../lib/prepare-target.js';
import { keepSealedRoots } from './secrets.js';
import type { Vendors } from './vendors.js';

export const DATABASE = 'orders';

const SHOP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.customers (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL);
  CREATE TABLE shop.orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES shop.customers, item text NOT NULL, cents int NOT NULL);
  INSERT INTO shop.customers SELECT n, 'Customer ' || n, 'customer' || n || '@example.com' FROM generate_series(1, 40) AS n;
  INSERT INTO shop.orders SELECT n, 1 + n % 40, 'Caption pack ' || n, 900 + n FROM generate_series(1, 500) AS n;
`;

/** What customers had made: content of theirs, in the care of other systems than their orders. */
const STUDIO = `
  CREATE SCHEMA studio;
  CREATE TABLE studio.captions (id int PRIMARY KEY, customer int NOT NULL REFERENCES shop.customers, text text NOT NULL);
  INSERT INTO studio.captions SELECT n, 1 + n % 40, 'Verse ' || n FROM generate_series(1, 200) AS n;
`;

type System = Organisation['systems'][number];

/** Everything the administrator of the target decides: its data, its scopes, and what its doer may ever do there. */
export async function keepTarget(options: {
  dataDir: string;
  adminUrl: string;
  systems: readonly System[];
  /** Null: systems of other kinds than postgres are left out, and refused. */
  vendors: Vendors | null;
  say: (line: string) => void;
}): Promise<{ targetsFile: string; limitsFile: string }> {
  await keepShop(options.adminUrl);
  const directory = join(options.dataDir, 'target');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const databases = options.systems.filter((system) => system.kind === 'postgres');
  const elsewhere = options.vendors?.targets ?? {};
  const roots = Object.fromEntries(Object.entries(elsewhere).map(([system, { root }]) => [system, root]));
  // One cluster serves them all: one executor, one root.
  const root = await prepareTarget(options.adminUrl, specOf(databases), options.say);
  for (const { id } of databases) roots[id] = root;
  keepSealedRoots(options.dataDir, roots);
  const url = new URL(options.adminUrl);
  const targetsFile = join(directory, 'targets.yaml');
  const limitsFile = join(directory, 'limits.yaml');
  const served = options.systems.filter(({ id, kind }) => kind === 'postgres' || elsewhere[id] !== undefined);
  writeFileSync(targetsFile, stringify(Targets.parse(targetsOf(databases, url, elsewhere))), { mode: 0o600 });
  writeFileSync(limitsFile, stringify(Limits.parse(limitsOf(served))), { mode: 0o600 });
  return { targetsFile, limitsFile };
}

type Scope = System['scopes'][number];

const placeOf = ({ id }: System, scope: Scope) => ({
  role: `scope_${id}_${scope.id}`.replaceAll('-', '_'),
  database: scope.database ?? DATABASE,
});

const specOf = (databases: readonly System[]) =>
  TargetSpec.parse({
    ...breakGlassSpec(databases.flatMap(({ breakGlass }) => breakGlass ?? [])),
    scopes: Object.fromEntries(
      databases.flatMap((system) =>
        system.scopes.map((scope) => [
          `${system.id}/${scope.id}`,
          { ...placeOf(system, scope), privileges: scope.privileges },
        ]),
      ),
    ),
  });

/** Emergencies read and write everything and may create in `shop`; nothing makes them administrators. */
const breakGlassSpec = (all: readonly NonNullable<System['breakGlass']>[]) =>
  all.length === 0
    ? {}
    : {
        breakGlass: {
          accounts: all.flatMap(({ accounts }) => accounts),
          database: DATABASE,
          superuser: all.some(({ superuser }) => superuser),
          roles: ['pg_read_all_data', 'pg_monitor'],
          privileges: [
            `CONNECT ON DATABASE ${DATABASE}`,
            'USAGE ON SCHEMA shop',
            'CREATE ON SCHEMA shop',
            ...['INSERT', 'UPDATE', 'DELETE'].map((verb) => `${verb} ON ALL TABLES IN SCHEMA shop`),
          ],
        },
      };

const targetsOf = (databases: readonly System[], url: URL, elsewhere: Vendors['targets']) => ({
  v: 1,
  sealedStore: 'sealed-store.json',
  systems: {
    ...Object.fromEntries(Object.entries(elsewhere).map(([id, { target }]) => [id, target])),
    ...Object.fromEntries(databases.map((system) => [system.id, databaseAt(system, url)])),
  },
});

const databaseAt = (system: System, url: URL) => ({
  kind: 'postgres',
  host: url.hostname,
  port: Number(url.port),
  ...(system.breakGlass === undefined ? {} : { breakGlass: { database: DATABASE } }),
  scopes: Object.fromEntries(system.scopes.map((scope) => [scope.id, placeOf(system, scope)])),
});

const limitsOf = (systems: readonly System[]) => ({
  v: 1,
  systems: Object.fromEntries(
    systems.map((system) => [
      system.id,
      {
        votes: system.requiredApprovals,
        longestMinutes: system.maximumMinutes,
        grantsPerHour: 100,
        ...(system.breakGlass === undefined
          ? {}
          : {
              breakGlass: {
                accounts: system.breakGlass.accounts,
                longestMinutes: system.breakGlass.maximumMinutes,
                superuser: system.breakGlass.superuser,
              },
            }),
        scopes: Object.fromEntries(
          system.scopes.map((scope) => [
            scope.id,
            {
              privileges: scope.privileges,
              longestMinutes: scope.maximumMinutes ?? system.maximumMinutes,
              votes: Math.max(system.requiredApprovals, scope.destructive ? 2 : 1),
              ...(scope.change && { repository: scope.change.repository }),
              windows: system.windows !== undefined && !scope.destructive,
            },
          ]),
        ),
      },
    ]),
  ),
});

async function keepShop(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(DATABASE)}`);
  });
  await withClient(atDatabase(adminUrl, DATABASE), async (client) => {
    for (const [schema, sql] of Object.entries({ shop: SHOP, studio: STUDIO })) {
      const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
      if (rowCount === 0) await client.query(sql);
    }
  });
}
