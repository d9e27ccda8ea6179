import { sequencerConfig } from '../config.js';
import { startSequencer } from '../ledger/index.js';
import { faultsAt, processClock, processLog, stopOnSignal } from '../process.js';

const config = sequencerConfig();
const sequencer = startSequencer({
  databaseUrl: config.DATABASE_URL,
  clock: processClock(config.CLOCK_FILE),
  pollMilliseconds: config.POLL_MILLISECONDS,
  log: processLog('sequencer', config.LOG_LEVEL),
  hook: faultsAt(config.FAULT_SPOT),
});
stopOnSignal(() => sequencer.stop());
