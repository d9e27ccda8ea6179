import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { emptySealedStore, SealedKey, SealedStore, sealRoot } from '../src/credentials/index.js';

/** Puts the private key of an Okta integration or a GitHub App into the doer's sealed store; delete the file afterwards. */
const options = z
  .object({
    system: z.string(),
    client: z.string(),
    privateKey: z.string(),
    key: z.string(),
    store: z.string(),
  })
  .parse(
    new Command('seal-root')
      .requiredOption('--system <name>', "the system's name in the targets file")
      .requiredOption('--client <id>', "Okta: the integration's client id; GitHub: the app's id")
      .requiredOption('--private-key <file>', 'its private key, PEM')
      .requiredOption('--key <file>', "the doer's sealed-key.json")
      .requiredOption('--store <file>', 'the sealed store to put it in')
      .parse()
      .opts(),
  );

const key = SealedKey.parse(JSON.parse(readFileSync(options.key, 'utf8')));
const store = existsSync(options.store)
  ? SealedStore.parse(JSON.parse(readFileSync(options.store, 'utf8')))
  : emptySealedStore();
const root = { user: options.client, password: readFileSync(options.privateKey, 'utf8') };
writeFileSync(options.store, JSON.stringify(sealRoot(store, key, options.system, root)), { mode: 0o600 });
process.stdout.write(`sealed the private key of ${options.system} in ${options.store}\n`);
