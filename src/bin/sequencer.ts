import { clockFromFile } from '../clock-file.js';
import { sequencerConfig } from '../config.js';
import { systemClock } from '../core/clock.js';
import { openKeys } from '../keys/index.js';
import {
  CHECKPOINT_SIGNER_FILE,
  CheckpointSigner,
  fileMemory,
  loadCheckpointKeys,
  recallFromAnchors,
  startSequencer,
} from '../ledger/index.js';
import { faultsAt, orExit, processLog, stopOnSignal } from '../process.js';

const config = sequencerConfig();
const log = processLog('sequencer', config.LOG_LEVEL);
const keys = await orExit(log, async () =>
  config.KEYS_DIR === undefined
    ? (await openKeys(config, log)).read(CHECKPOINT_SIGNER_FILE, CheckpointSigner)
    : loadCheckpointKeys(config.KEYS_DIR),
);
const sequencer = startSequencer({
  databaseUrl: config.DATABASE_URL,
  clock: config.CLOCK_FILE === undefined ? systemClock : clockFromFile(config.CLOCK_FILE),
  keys,
  memory: fileMemory(config.DATA_DIR, await recallFromAnchors(config.ANCHORS_FILE, keys)),
  pollMilliseconds: config.POLL_MILLISECONDS,
  log,
  hook: faultsAt(config),
});
log.info('ready');
stopOnSignal(() => sequencer.stop());
