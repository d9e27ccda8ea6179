import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { TenantId } from '../src/core/tenant.js';
import { keepKeys } from './demo/secrets.js';

/** `npm run keys`: fresh keys for one tenant, a directory for each process. Hand each to its own process and nobody else. */
const options = z
  .object({ tenant: TenantId, out: z.string() })
  .parse(
    new Command('keys')
      .requiredOption('--tenant <id>', "the Slack workspace's id, e.g. T012AB3CD")
      .requiredOption('--out <directory>', 'where to make keys/{app,worker,sequencer,doer}')
      .parse()
      .opts(),
  );

const keys = join(resolve(options.out), 'keys');
if (existsSync(keys)) {
  process.stderr.write(`${keys} exists. Keys are never overwritten: move them away first.\n`);
  process.exitCode = 1;
} else {
  await keepKeys(resolve(options.out), options.tenant);
  process.stdout.write(`Wrote ${keys}/{app,worker,sequencer,doer}.\n`);
}
