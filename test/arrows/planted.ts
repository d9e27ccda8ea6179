/** A forbidden import: the rule that must see it, where it stands, and the line. */
export interface Planted {
  rule: string;
  from: string;
  line: string;
}

const plant = (rule: string, from: string, line: string): Planted => ({ rule, from, line });

const rooms = [
  'policy',
  'ledger',
  'packet',
  'intake',
  'credentials',
  'blocks',
  'queue',
  'guard',
  'http',
  'store',
  'keys',
  'doer',
];

/** Every way to write an import that TypeScript has, each across the same forbidden arrow. */
const spellings = [
  "import { value } from '../store/index.js'; export const used = value;",
  "import type { Value } from '../store/index.js'; export type Used = Value;",
  "import { type Value } from '../store/index.js'; export type Used = Value;",
  "export type Used = import('../store/index.js').Value;",
  "export const used = import('../store/index.js');",
  "export { value } from '../store/index.js';",
  "export * from '../store/index.js';",
  "import '../store/index.js';",
].map((line, at) => plant('core-imports-nothing-of-ours', `src/core/spelling-${at}.ts`, line));

/** Each room reaching up to the edges, and each room entered through its window. */
const ofRooms = rooms.flatMap((room) => [
  plant(`${room}-arrows`, `src/${room}/up.ts`, "import '../edges/log.js';"),
  plant(`${room}-by-its-door`, `src/edges/http/into-${room}.ts`, `import '../../${room}/inside.js';`),
]);

const ofPackages = [
  plant('bullmq-ioredis-at-home', 'src/store/bullmq.ts', "import 'bullmq';"),
  plant('slack-bolt-web-api-socket-mode-oauth-at-home', 'src/blocks/bolt.ts', "import '@slack/bolt';"),
  plant('prisma-at-home', 'src/ledger/prisma.ts', "import '@prisma/adapter-pg';"),
  plant('hono-hono-at-home', 'src/policy/hono.ts', "import 'hono';"),
  plant('open-policy-agent-at-home', 'src/capabilities/one/opa.ts', "import '@open-policy-agent/opa-wasm';"),
  plant('commander-at-home', 'src/doer/commander.ts', "import 'commander';"),
  plant('node-vault-at-home', 'src/credentials/vault.ts', "import 'node-vault';"),
  plant('pure-rooms-hold-no-database', 'src/policy/pg.ts', "import 'pg';"),
  plant('packages-are-declared', 'src/ledger/undeclared.ts', "import 'esbuild';"),
  plant('core-is-pure', 'src/core/reads-files.ts', "import 'node:fs';"),
  plant('core-is-pure', 'src/core/package.ts', "import 'pino';"),
];

const ofProcesses = ['app', 'worker', 'sequencer', 'doer', 'cli'].map((name) =>
  plant(`${name}-never-reaches`, `src/bin/${name}.ts`, `import '../${name}-composition.js';`),
);

export const planted: readonly Planted[] = [
  ...spellings,
  ...ofRooms,
  ...ofPackages,
  ...ofProcesses,
  plant('no-circle', 'src/ledger/circle-a.ts', "import './circle-b.js';"),
  plant(
    'no-circle',
    'src/ledger/circle-types-a.ts',
    "import type { B } from './circle-types-b.js'; export type A = B;",
  ),
  plant('no-unresolvable', 'src/ledger/nowhere.ts', "import './gone.js';"),
  plant('src-stands-alone', 'src/store/test-only.ts', "import '../../test/help.js';"),
  plant('bin-is-the-top', 'src/edges/http/bin.ts', "import '../../bin/free.js';"),
  plant('connector-arrows', 'src/connectors/one/other.ts', "import '../two/read.js';"),
  plant('connector-arrows', 'src/connectors/one/doer.ts', "import '../../doer/index.js';"),
  plant('connector-contract-arrows', 'src/connectors/contract.ts', "import '../packet/index.js';"),
  plant('only-the-doer-writes', 'src/edges/queue/write.ts', "import '../../connectors/one/write.js';"),
  plant(
    'capability-reads-targets',
    'src/capabilities/one/write.ts',
    "import '../../connectors/one/write.js';",
  ),
  plant('capability-arrows', 'src/capabilities/one/other.ts', "import '../two/index.js';"),
  plant('capability-arrows', 'src/capabilities/one/edge.ts', "import '../../edges/log.js';"),
  plant('capability-arrows', 'src/capabilities/one/registry.ts', "import '../index.js';"),
  plant('capability-contract-arrows', 'src/capabilities/define.ts', "import '../queue/index.js';"),
  plant('registry-lists-capabilities', 'src/capabilities/index.ts', "import './one/inside.js';"),
  plant('edge-arrows', 'src/edges/http/other.ts', "import '../slack/inside.js';"),
  plant('edge-arrows', 'src/edges/http/doer.ts', "import '../../doer/index.js';"),
  plant('edge-arrows', 'src/edges/queue/relay.ts', "import '../slack/inside.js';"),
  plant('edge-knows-no-capability', 'src/edges/http/named.ts', "import '../../capabilities/one/index.js';"),
  plant('cli-edge-holds-no-database', 'src/edges/cli/database.ts', "import '../../store/index.js';"),
];

/** What stands beside the violations: the innocent files they import, and arrows that must stay allowed. */
export const innocent: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    rooms.flatMap((room) => [`src/${room}/index.ts`, `src/${room}/inside.ts`].map((file) => [file, ''])),
  ),
  'src/ledger/circle-b.ts': "import './circle-a.js';",
  'src/ledger/circle-types-b.ts': "import type { A } from './circle-types-a.js'; export type B = A;",
  'src/edges/log.ts': '',
  'src/edges/slack/inside.ts':
    "import '../../capabilities/index.js'; import '../log.js'; import '@slack/bolt';",
  'src/bin/free.ts': "import '../capabilities/two/index.js'; import 'bullmq';",
  'src/connectors/one/read.ts': "import '../shape.js'; import '../../core/pure.js'; import 'pg';",
  'src/connectors/one/write.ts': "import './read.js';",
  'src/connectors/two/read.ts': '',
  'src/connectors/shape.ts': '',
  'src/core/pure.ts': "import 'node:crypto'; import 'zod';",
  'src/capabilities/one/index.ts': "import '../define.js'; import './inside.js';",
  'src/capabilities/one/inside.ts': "import '../../connectors/one/read.js'; import '../../store/index.js';",
  'src/capabilities/two/index.ts': '',
  'src/app-composition.ts': "import './doer/index.js';",
  'src/worker-composition.ts': "import './credentials/index.js';",
  'src/sequencer-composition.ts': "import './store/index.js';",
  'src/doer-composition.ts': "import './policy/index.js';",
  'src/cli-composition.ts': "import './connectors/one/read.js';",
  'test/help.ts': '',
};
