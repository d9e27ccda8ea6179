import { readFileSync, writeFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { CountersignError } from './core/errors.js';
import { type FaultHook, noFaults } from './core/faults.js';
import { loggedError } from './logged-error.js';

/** What every process of `bin/` needs around its work: a log, fault spots, and an orderly end. */

/** Logs to stderr as JSON lines: stdout belongs to what a command answers. */
export const processLog = (name: string, level: string): Logger =>
  pino({ name, level, serializers: { err: loggedError } }, pino.destination(2));

/** Dies at the named spot as a machine does: no handler runs. One named by a file is struck from it first. */
export function faultsAt(config: {
  FAULT_SPOT?: string | undefined;
  FAULT_FILE?: string | undefined;
}): FaultHook {
  const { FAULT_SPOT: spot, FAULT_FILE: file } = config;
  if (spot === undefined && file === undefined) return noFaults;
  return async (reached) => {
    const isArmed = file !== undefined && readFileSync(file, 'utf8') === reached;
    if (isArmed) writeFileSync(file, '');
    if (isArmed || reached === spot) process.kill(process.pid, 'SIGKILL');
  };
}

/** What keeps this process from starting is told in its own sentence, and ends it: no stack, no cause. */
export async function orExit<T>(log: Pick<Logger, 'fatal'>, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    log.fatal({ code: error.code, detail: error.detail }, error.message);
    process.exit(1);
  }
}

/** Runs `stop` once, on the first SIGINT or SIGTERM, then ends the process. */
export function stopOnSignal(stop: () => Promise<void>): void {
  const end = () => {
    void stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}
