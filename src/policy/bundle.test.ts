import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { sha256Hex } from '../core/canonical.js';
import { BUNDLE_FILE } from './files.js';
import { loadRules } from './wasm.js';

const policies = resolve(import.meta.dirname, '../../policies');
const Digests = z.strictObject({ bundle: z.string(), rules: z.record(z.string(), z.string()) });

test('the committed bundle is compiled from the committed rules; if not, run `npm run policy:build`', () => {
  const committed = Digests.parse(JSON.parse(readFileSync(join(policies, 'compiled/digests.json'), 'utf8')));
  const rules = readdirSync(policies, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.rego') && !file.endsWith('_test.rego'))
    .map((file) => [file.split(sep).join('/'), sha256Hex(readFileSync(join(policies, file)))]);
  expect(Object.fromEntries(rules)).toEqual(committed.rules);
  expect(sha256Hex(readFileSync(join(policies, BUNDLE_FILE)))).toBe(committed.bundle);
});

test('the committed bundle needs no built-in of its host and answers at each entrypoint', async () => {
  const rules = await loadRules(readFileSync(join(policies, BUNDLE_FILE)));
  for (const entrypoint of ['elevation/decision', 'organisation/decision'])
    expect(rules.ask(entrypoint, '{}').effect).toBe('deny');
});
