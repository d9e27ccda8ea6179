/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '[.]test[.]ts$' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '^(node:)?crypto$|node_modules/(zod|canonicalize)/',
      },
    },
    {
      name: 'mint-only-in-policy',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/policy/' },
      to: { path: '^src/policy/(?!index[.]ts$)' },
    },
    {
      name: 'capability-not-capability',
      severity: 'error',
      from: { path: '^src/capabilities/([^/]+)/' },
      to: { path: '^src/capabilities/[^/]+/', pathNot: '^src/capabilities/$1/' },
    },
    {
      name: 'capability-no-writes',
      severity: 'error',
      from: { path: '^src/capabilities/' },
      to: { path: '^src/connectors/[^/]+/write[.]ts$' },
    },
    {
      name: 'config-reads-env',
      severity: 'error',
      from: { path: '^src/(edges|capabilities)/' },
      to: { path: '^src/bin/' },
    },
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
