import { clockFromFile } from '../clock-file.js';
import { doerConfig } from '../config.js';
import { systemClock } from '../core/clock.js';
import { startDoer } from '../doer/index.js';
import { openKeys } from '../keys/index.js';
import { faultsAt, orExit, processLog, stopOnSignal } from '../process.js';
import { openQueue } from '../queue/index.js';

const config = doerConfig();
const clock = config.CLOCK_FILE === undefined ? systemClock : clockFromFile(config.CLOCK_FILE);
const log = processLog('doer', config.LOG_LEVEL);
const doer = await orExit(log, async () =>
  startDoer({
    tenant: config.TENANT,
    databaseUrl: config.DATABASE_URL,
    // Waits for Vault as long as it takes: a doer that gave up would end nothing when Vault is back.
    keys: await openKeys(config, log, Number.POSITIVE_INFINITY),
    dataDir: config.DATA_DIR,
    limitsFile: config.LIMITS_FILE,
    targetsFile: config.TARGETS_FILE,
    ledgerUrl: config.LEDGER_URL,
    clock,
    log,
    faults: faultsAt(config),
  }),
);
const place =
  config.REDIS_URL === undefined ? { databaseUrl: config.DATABASE_URL } : { redisUrl: config.REDIS_URL };
const queue = openQueue({
  place,
  schema: 'bull_doer',
  clock,
  onError: (error) => log.warn({ error: error.message }, 'doer: queue away'),
});
queue.listen('doer', async () => doer.wake());
stopOnSignal(async () => {
  await Promise.all([doer.stop(), queue.close()]);
});
