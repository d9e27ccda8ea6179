import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.js';

export interface Loop {
  /** Looks at once instead of after the pause. */
  wake(): void;
  /** Waits for the round in hand. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  name: string;
  /** One round; answers whether there was something to do, and then runs again at once. */
  round: () => Promise<boolean>;
  /** Pause after an empty round, in milliseconds. */
  idle: number;
  log: Log;
}

const AFTER_FAILURE_MILLISECONDS = 500;

/** Runs rounds until stopped. A round that throws (Postgres restarting, say) is logged and tried again: a loop never dies. */
export function startLoop(options: LoopOptions): Loop {
  let stopping = false;
  let skipPause = new AbortController();
  const pause = async (milliseconds: number): Promise<void> => {
    await delay(milliseconds, undefined, { signal: skipPause.signal }).catch(() => {});
    skipPause = new AbortController();
  };
  const run = async (): Promise<void> => {
    while (!stopping) {
      try {
        if (!(await options.round())) await pause(options.idle);
      } catch (error) {
        options.log.error({ err: error, loop: options.name }, 'a round failed');
        await pause(AFTER_FAILURE_MILLISECONDS);
      }
    }
  };
  const running = run();
  return {
    wake: () => skipPause.abort(),
    stop: async () => {
      stopping = true;
      skipPause.abort();
      await running;
    },
  };
}
