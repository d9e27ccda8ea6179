import { migrateConfig } from '../src/config.js';
import { CountersignError } from '../src/core/errors.js';
import { migrate } from './lib/migrate.js';

try {
  const config = migrateConfig();
  const applied = await migrate({
    adminUrl: config.MIGRATE_DATABASE_URL,
    passwords: {
      cs_app: config.APP_PASSWORD,
      cs_worker: config.WORKER_PASSWORD,
      cs_sequencer: config.SEQUENCER_PASSWORD,
      cs_doer: config.DOER_PASSWORD,
    },
  });
  process.stdout.write(applied.length === 0 ? 'Nothing to migrate.\n' : `Applied ${applied.join(', ')}.\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof CountersignError ? 2 : 1;
}
