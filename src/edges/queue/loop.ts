import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.js';

export interface Loop {
  /** Looks at once instead of after the pause, and often for a while. */
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
  /** The pause once there was nothing for two seconds: an idle process costs nobody a core. The same where left out. */
  rest?: number;
  log: Log;
}

const AFTER_FAILURE_MILLISECONDS = 500;
const RESTS_AFTER_MILLISECONDS = 2_000;

/** Runs rounds until stopped. A round that throws (Postgres restarting, say) is logged and tried again: a loop never dies. */
export function startLoop(options: LoopOptions): Loop {
  let stopping = false;
  let skipPause = new AbortController();
  let busyAt = performance.now();
  const { idle, rest = idle } = options;
  const pause = async (milliseconds: number): Promise<void> => {
    await delay(milliseconds, undefined, { signal: skipPause.signal }).catch(() => {});
    skipPause = new AbortController();
  };
  const run = async (): Promise<void> => {
    while (!stopping) {
      try {
        if (await options.round()) busyAt = performance.now();
        else await pause(performance.now() - busyAt < RESTS_AFTER_MILLISECONDS ? idle : rest);
      } catch (error) {
        options.log.error({ err: error, loop: options.name }, 'a round failed');
        await pause(AFTER_FAILURE_MILLISECONDS);
      }
    }
  };
  const running = run();
  return {
    wake: () => {
      busyAt = performance.now();
      skipPause.abort();
    },
    stop: async () => {
      stopping = true;
      skipPause.abort();
      await running;
    },
  };
}
