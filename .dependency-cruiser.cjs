/**
 * The arrows between our rooms, as errors. test/arrows/planted.ts plants a violation of each rule, and `npm run arrows` fails
 * when one is not seen: a cruiser that silently sees nothing would be worse than none.
 */

/** A room and what it may import besides itself; from outside, only its index.ts is seen. */
const rooms = {
  policy: ['core'],
  ledger: ['core'],
  packet: ['core'],
  intake: ['core'],
  credentials: ['core', 'http'],
  blocks: ['core'],
  queue: ['core'],
  guard: ['core'],
  http: ['core'],
  store: ['core', 'policy', 'ledger', 'packet'],
  keys: ['core'],
  doer: ['core', 'keys', 'packet', 'credentials', 'connectors'],
};

/** Packages that speak to an outsider, and the one place that may. */
const homes = {
  'bullmq|ioredis': 'queue',
  '@slack/(bolt|web-api|socket-mode|oauth)': 'edges',
  '@prisma/': 'store',
  'hono|@hono/': 'edges',
  '@open-policy-agent/': 'policy',
  commander: 'edges/cli',
  'node-vault/': 'keys',
};

/** What a process must not be able to reach over any number of arrows: what is not loaded cannot be tricked. */
const strangers = {
  app: '^src/(connectors/[^/]+/write[.]ts|credentials/|doer/)',
  worker: '^src/(connectors/[^/]+/write[.]ts|credentials/|doer/)',
  sequencer:
    '^src/(policy|packet|store|intake|credentials|connectors|doer|queue|capabilities|edges/(slack|queue|cli))/',
  doer: '^src/(policy|ledger|store|intake|blocks|capabilities|edges/(slack|http|cli))/',
  cli: '^src/(policy|store|intake|credentials|connectors|doer|queue|blocks|capabilities|edges/(slack|http|queue))/|node_modules/pg/',
};

const only = (...paths) => `^src/(?!${paths.join('|')})`;
const folder = (name) => `${name}/`;
const rule = (name, from, to) => ({ name, severity: 'error', from: toFilter(from), to: toFilter(to) });
const toFilter = (filter) => (typeof filter === 'string' ? { path: filter } : filter);

module.exports = {
  forbidden: [
    rule('no-circle', {}, { circular: true }),
    rule('no-unresolvable', {}, { couldNotResolve: true }),
    rule('src-stands-alone', '^src/', '^(test|scripts)/'),
    rule('bin-is-the-top', { path: '^src/', pathNot: '^src/bin/' }, '^src/bin/'),

    rule('core-imports-nothing-of-ours', '^src/core/', only('core/')),
    rule(
      'core-is-pure',
      { path: '^src/core/', pathNot: '[.]test[.]ts$' },
      {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '^(node:)?crypto$|node_modules/(zod|canonicalize)/',
      },
    ),
    ...Object.entries(rooms).map(([room, allowed]) =>
      rule(`${room}-arrows`, `^src/${room}/`, only(folder(room), ...allowed.map(folder))),
    ),
    ...Object.keys(rooms).map((room) =>
      rule(
        `${room}-by-its-door`,
        { path: '^src/', pathNot: `^src/${room}/` },
        `^src/${room}/(?!index[.]ts$)`,
      ),
    ),

    rule(
      'connector-arrows',
      '^src/connectors/([^/]+)/',
      only('core/', 'http/', 'connectors/[^/]+[.]ts$', 'connectors/$1/'),
    ),
    rule('connector-contract-arrows', '^src/connectors/[^/]+[.]ts$', only('core/', 'connectors/')),
    rule(
      'only-the-doer-writes',
      { path: '^src/', pathNot: '^src/(doer/|connectors/|bin/doer[.]ts$)' },
      { path: '^src/connectors/', pathNot: '^src/connectors/([^/]+/read|[^/]+)[.]ts$' },
    ),

    rule(
      'capability-arrows',
      '^src/capabilities/([^/]+)/',
      only(
        ...['core', 'policy', 'ledger', 'packet', 'store', 'intake', 'blocks'].map(folder),
        'connectors/',
        'capabilities/(?!index)[^/]+[.]ts$',
        'capabilities/$1/',
      ),
    ),
    rule('capability-reads-targets', '^src/capabilities/', {
      path: '^src/connectors/',
      pathNot: '^src/connectors/[^/]+/read[.]ts$',
    }),
    rule(
      'capability-contract-arrows',
      '^src/capabilities/(?!index)[^/]+[.]ts$',
      only(
        ...['core', 'policy', 'ledger', 'packet', 'store', 'intake', 'blocks'].map(folder),
        'capabilities/(?!index)[^/]+[.]ts$',
      ),
    ),
    rule(
      'registry-lists-capabilities',
      '^src/capabilities/index[.]ts$',
      only('capabilities/define[.]ts$', 'capabilities/[^/]+/index[.]ts$'),
    ),

    rule(
      'edge-arrows',
      '^src/edges/([^/]+)/',
      only(
        ...['core', 'policy', 'ledger', 'packet', 'store', 'intake', 'blocks', 'queue', 'capabilities'].map(
          folder,
        ),
        'edges/[^/]+[.]ts$',
        'edges/$1/',
      ),
    ),
    rule(
      'edge-knows-no-capability',
      { path: '^src/', pathNot: '^src/(capabilities|bin)/' },
      '^src/capabilities/[^/]+/',
    ),
    rule(
      'cli-edge-holds-no-database',
      '^src/edges/cli/',
      '^src/(store|queue|capabilities)/|node_modules/pg/',
    ),

    ...Object.entries(homes).map(([packages, home]) =>
      rule(
        `${packages.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '')}-at-home`,
        { path: '^src/', pathNot: `^src/(${home}/|bin/|deps[.]ts$)` },
        `node_modules/(${packages})`,
      ),
    ),
    rule(
      'pure-rooms-hold-no-database',
      '^src/(core|policy|packet|intake|blocks|capabilities|queue)/',
      'node_modules/pg/',
    ),
    rule(
      'packages-are-declared',
      { path: '^src/', pathNot: '[.]test[.]ts$' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
    ...Object.entries(strangers).map(([process, path]) =>
      rule(`${process}-never-reaches`, `^src/bin/${process}[.]ts$`, { path, reachable: true }),
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/store/generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: require('node:path').join(__dirname, 'tsconfig.json') },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
