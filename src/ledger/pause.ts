import { setTimeout } from 'node:timers/promises';

/** Waits, but not past an abort. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
}
