import { setTimeout as delay } from 'node:timers/promises';

const ANSWER_MILLISECONDS = 2_000;

/** Whether it was done, and in time: Redis clients wait for ever for a server that is away; a wake-up must not. */
export async function attempt(work: Promise<unknown>, onError: (error: Error) => void): Promise<boolean> {
  const inTime = new AbortController();
  const late = delay(ANSWER_MILLISECONDS, undefined, { ref: false, signal: inTime.signal }).then(
    () => {
      throw new Error('the queue does not answer');
    },
    () => undefined,
  );
  try {
    await Promise.race([work, late]);
    return true;
  } catch (error) {
    onError(asError(error));
    return false;
  } finally {
    inTime.abort();
  }
}

export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('not an Error', { cause: thrown });
