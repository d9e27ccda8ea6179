/** A loop that can be woken early and stopped. */
export interface Repeating {
  wake(): void;
  /** Resolves when the round under way is over. */
  stop(): Promise<void>;
}

/**
 * Runs `round` for ever: again at once while it says there is more, else after a pause that grows from `fastest` to
 * `slowest`. A round that throws is reported and waited upon like an idle one; nothing ends the loop but stop().
 */
export function repeat(
  round: () => Promise<boolean>,
  options: { fastestMilliseconds: number; slowestMilliseconds: number; onError: (error: unknown) => void },
): Repeating {
  let isStopped = false;
  let isWoken = false;
  let wakeUp = (): void => undefined;
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    let wait = options.fastestMilliseconds;
    while (!isStopped) {
      isWoken = false;
      const hasMore = await round().catch((error: unknown) => {
        options.onError(error);
        return false;
      });
      wait = hasMore ? options.fastestMilliseconds : Math.min(wait * 1.5, options.slowestMilliseconds);
      if (!isStopped && !isWoken && !hasMore) await pause(wait);
      if (isWoken) wait = options.fastestMilliseconds;
    }
  };
  const done = Promise.resolve().then(run);
  const wake = (): void => {
    isWoken = true;
    wakeUp();
  };
  return {
    wake,
    stop: () => {
      isStopped = true;
      wake();
      return done;
    },
  };
}
