import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { connectorKinds } from '../src/connectors/kinds.js';
import { CountersignError } from '../src/core/errors.js';
import { readPolicyFiles } from '../src/policy/index.js';
import { digestBundle } from './lib/policy-bundle.js';

/**
 * `npm run -s policy:digest`: what `GET /v1/policy` gives where these files are applied; fails where rules and bundle
 * differ.
 */
const policies = resolve(import.meta.dirname, '..', 'policies');
try {
  const files = readPolicyFiles(policies, connectorKinds);
  const kept: unknown = JSON.parse(readFileSync(join(policies, 'compiled', 'digests.json'), 'utf8'));
  if (!isDeepStrictEqual(kept, digestBundle(files.bundle, policies)))
    throw new CountersignError(
      'bundle_outdated',
      'The rules are not those the bundle was compiled from: npm run policy:build.',
    );
  process.stdout.write(`${files.digest}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
