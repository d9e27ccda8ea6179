import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { pruneConfig } from '../src/config.js';
import { systemClock } from '../src/core/clock.js';
import { CountersignError } from '../src/core/errors.js';
import { pruneOldestRange } from '../src/ledger/index.js';

// npm run -s prune -- --archive <export>: drops the oldest entries, all older than 24 months, that this export holds.
try {
  const { values } = parseArgs({ options: { archive: { type: 'string' } } });
  if (values.archive === undefined) throw new Error('usage: npm run -s prune -- --archive <export>');
  const config = pruneConfig();
  const pool = new pg.Pool({ connectionString: config.MIGRATE_DATABASE_URL });
  try {
    const archive = createInterface({ input: createReadStream(values.archive) });
    const { first, archive: digest } = await pruneOldestRange(pool, config.TENANT, {
      archive,
      at: systemClock.now(),
    });
    process.stdout.write(`Pruned from entry ${first} on. Keep the archive: SHA-256 ${digest}.\n`);
  } finally {
    await pool.end();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof CountersignError ? 2 : 1;
}
