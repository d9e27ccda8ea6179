import { workerConfig } from '../config.js';
import { buildGatekeeper } from '../deps.js';
import { faultsAt, orExit, processLog, stopOnSignal } from '../process.js';
import { startWorker } from '../worker.js';

const config = workerConfig();
const log = processLog('worker', config.LOG_LEVEL);
const gatekeeper = await orExit(log, () => buildGatekeeper(config, log));
const worker = await startWorker(config, gatekeeper, faultsAt(config), log);
log.info('ready');
stopOnSignal(async () => {
  await worker.stop();
  await gatekeeper.close();
});
