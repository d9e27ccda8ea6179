/**
 * Writes the first of what it counts at once, and what follows as one number when the interval is over: a flood costs one
 * write an interval. What was counted when the process dies is lost with it.
 */
export function tally(options: {
  everyMilliseconds: number;
  write: (count: number) => Promise<void>;
  onError: (error: unknown) => void;
}): () => Promise<void> {
  let isQuiet = true;
  let counted = 0;
  const wait = (): void => {
    isQuiet = false;
    setTimeout(() => {
      const count = counted;
      counted = 0;
      isQuiet = count === 0;
      if (count === 0) return;
      wait();
      options.write(count).catch(options.onError);
    }, options.everyMilliseconds).unref();
  };
  return async () => {
    if (!isQuiet) {
      counted += 1;
      return;
    }
    wait();
    await options.write(1);
  };
}
