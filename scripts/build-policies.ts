import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUNDLE_FILE } from '../src/policy/files.js';
import { findOpa } from './lib/opa.js';
import { compileRules, digestBundle } from './lib/policy-bundle.js';

/** `npm run policy:build`: compiles the rules and writes what `policies/compiled/` commits. */
const policies = resolve(import.meta.dirname, '../policies');
const opa = await findOpa();
if (opa === null) {
  process.exitCode = 1;
} else {
  const bundle = compileRules(opa, policies);
  mkdirSync(join(policies, 'compiled'), { recursive: true });
  writeFileSync(join(policies, BUNDLE_FILE), bundle);
  writeFileSync(
    join(policies, 'compiled', 'digests.json'),
    `${JSON.stringify(digestBundle(bundle, policies), null, 2)}\n`,
  );
  process.stdout.write(`Compiled ${bundle.length} bytes. Commit policies/ as it is now.\n`);
}
