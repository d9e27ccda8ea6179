import { readFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { type Clock, systemClock } from './core/clock.js';
import { type FaultHook, noFaults } from './core/faults.js';

/** What every process of `bin/` needs around its work: a clock, a log, fault spots, and an orderly end. */

/** The system clock, moved by the offset in milliseconds that a file holds, read each second (demonstrations, tests). */
export function processClock(file: string | undefined): Clock {
  if (file === undefined) return systemClock;
  let offset = 0;
  const read = () => {
    try {
      offset = Number.parseInt(readFileSync(file, 'utf8'), 10) || 0;
    } catch {
      // Not there yet, or being replaced: the offset stays.
    }
  };
  read();
  setInterval(read, 1000).unref();
  return { now: () => new Date(systemClock.now().getTime() + offset) };
}

/** Logs to stderr as JSON lines: stdout belongs to what a command answers. */
export const processLog = (name: string, level: string): Logger => pino({ name, level }, pino.destination(2));

/** Dies at the named spot as a machine does: no handler runs. */
export function faultsAt(spot: string | undefined): FaultHook {
  if (spot === undefined) return noFaults;
  return async (reached) => {
    if (reached === spot) process.kill(process.pid, 'SIGKILL');
  };
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
