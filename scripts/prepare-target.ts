import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { emptySealedStore, SealedKey, SealedStore, sealRoot } from '../src/credentials/index.js';
import { prepareTarget, TargetSpec } from './lib/prepare-target.js';

/** The target administrator's tool: makes the executor, the broker's root and the scopes. Safe to repeat. */
const options = z
  .object({ adminUrl: z.string(), spec: z.string(), system: z.string(), key: z.string(), store: z.string() })
  .parse(
    new Command('prepare-target')
      .requiredOption('--admin-url <url>', 'a superuser of the target cluster')
      .requiredOption('--spec <file>', 'YAML or JSON: databases, scopes and their privileges')
      .requiredOption('--system <name>', "the system's name in the targets file")
      .requiredOption('--key <file>', "the doer's sealed-key.json")
      .requiredOption('--store <file>', 'the sealed store to put the root credential in')
      .parse()
      .opts(),
  );

const spec = TargetSpec.parse(parse(readFileSync(options.spec, 'utf8')));
const key = SealedKey.parse(JSON.parse(readFileSync(options.key, 'utf8')));
const root = await prepareTarget(options.adminUrl, spec, (line) => process.stdout.write(`${line}\n`));
const store = existsSync(options.store)
  ? SealedStore.parse(JSON.parse(readFileSync(options.store, 'utf8')))
  : emptySealedStore();
writeFileSync(options.store, JSON.stringify(sealRoot(store, key, options.system, root)), { mode: 0o600 });
process.stdout.write(`sealed the root credential of ${options.system} in ${options.store}\n`);
