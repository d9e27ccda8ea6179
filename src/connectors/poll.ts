import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 8_000;
const PAUSE_MS = 200;

/** Reads back until `settled`, for vendors that answer before they have done it; gives what was read last. */
export async function readUntil<T>(read: () => Promise<T>, settled: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (settled(value) || performance.now() > deadline) return value;
    await delay(PAUSE_MS);
  }
}
