import { clockFromFile } from '../clock-file.js';
import { sequencerConfig } from '../config.js';
import { systemClock } from '../core/clock.js';
import { fileMemory, loadCheckpointKeys, recallFromAnchors, startSequencer } from '../ledger/index.js';
import { faultsAt, processLog, stopOnSignal } from '../process.js';

const config = sequencerConfig();
const keys = await loadCheckpointKeys(config.KEYS_DIR);
const sequencer = startSequencer({
  databaseUrl: config.DATABASE_URL,
  clock: config.CLOCK_FILE === undefined ? systemClock : clockFromFile(config.CLOCK_FILE),
  keys,
  memory: fileMemory(config.KEYS_DIR, await recallFromAnchors(config.ANCHORS_FILE, keys)),
  pollMilliseconds: config.POLL_MILLISECONDS,
  log: processLog('sequencer', config.LOG_LEVEL),
  hook: faultsAt(config),
});
stopOnSignal(() => sequencer.stop());
