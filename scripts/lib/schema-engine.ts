import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { CountersignError } from '../../src/core/errors.js';
import { migrationAdapter } from './migration-adapter.js';

/** The two constructors `@types/node` leaves out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Readonly<Record<string, unknown>> };
};

const prismaDir = resolve(import.meta.dirname, '../../prisma');
const filters = { externalTables: [], externalEnums: [] };
const schemaPath = join(prismaDir, 'schema.prisma');
const schemaFile = { path: schemaPath, content: readFileSync(schemaPath, 'utf8') };

/** The gap between two descriptions of the schema `gate`, as an SQL script; empty when they agree. */
export type Gap = string;

/** Applies what is not applied yet and gives the names. Throws `migration_edited` when an applied file was changed since. */
export async function applyMigrations(url: string, owner: string): Promise<readonly string[]> {
  return withEngine(url, owner, async (engine) => {
    const migrationsList = listMigrations();
    const history = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters,
    });
    if (history.editedMigrationNames.length > 0)
      throw new CountersignError(
        'migration_edited',
        `Applied migrations were edited: ${history.editedMigrationNames.join(', ')}. Restore them and write a new migration.`,
      );
    return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
  });
}

/** What `schema.prisma` has that the migrations, played into a shadow database, do not make. */
export const gapToMigrations = (url: string, owner: string): Promise<Gap> =>
  diff(
    url,
    owner,
    { tag: 'migrations', ...listMigrations() },
    { tag: 'schemaDatamodel', files: [schemaFile] },
  );

/** What `schema.prisma` has that the live database does not. */
export const gapToDatabase = (url: string, owner: string): Promise<Gap> =>
  diff(
    url,
    owner,
    { tag: 'schemaDatasource', files: [schemaFile], configDir: prismaDir },
    { tag: 'schemaDatamodel', files: [schemaFile] },
  );

type Target = Parameters<SchemaEngine['diff']>[0]['from'];

async function diff(url: string, owner: string, from: Target, to: Target): Promise<Gap> {
  return withEngine(url, owner, async (engine) => {
    const result = await engine.diff({ from, to, script: true, exitCode: true, filters });
    return result.exitCode === 2 ? (result.stdout ?? '') : '';
  });
}

function listMigrations(): MigrationList {
  const baseDir = join(prismaDir, 'migrations');
  const names = readdirSync(baseDir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  return {
    baseDir,
    lockfile: { path: './migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: names.sort().map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

async function withEngine<T>(
  url: string,
  owner: string,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loadEngine();
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [[schemaFile.path, schemaFile.content]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(migrationAdapter(url, owner)),
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
  }
}

let loaded = false;

/** The package's own entry imports the .wasm file as a module, which Node 20 cannot; its panic hook wants a global. */
function loadEngine(): void {
  if (loaded) return;
  Reflect.set(globalThis, 'PRISMA_WASM_PANIC_REGISTRY', {
    set_message: (message: string) => process.stderr.write(`schema engine: ${message}\n`),
  });
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = new WebAssembly.Module(readFileSync(join(dirname(entry), 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': engineImports() });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') start();
  loaded = true;
}

/** The engine never clears the timer of its ten-second lock, which would hold our process up that long. */
function engineImports(): Record<string, unknown> {
  const imports: Record<string, unknown> = { ...bindings };
  for (const name of Object.keys(imports).filter((each) => each.startsWith('__wbg_setTimeout_')))
    imports[name] = (callback: () => void, milliseconds: number) =>
      setTimeout(callback, milliseconds).unref();
  return imports;
}
