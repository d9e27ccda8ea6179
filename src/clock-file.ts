import { readFileSync } from 'node:fs';
import type { Clock } from './core/clock.js';

/** Processes that share the file differ by less than a packet takes from one to the other. */
const READ_AGAIN_MILLISECONDS = 20;

/** A clock off by the milliseconds a file holds. An unreadable file keeps the last offset. */
export function clockFromFile(path: string): Clock {
  let offset = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    now: () => {
      const real = Date.now();
      if (real - readAt >= READ_AGAIN_MILLISECONDS || real < readAt) {
        readAt = real;
        offset = readOffset(path) ?? offset;
      }
      return new Date(real + offset);
    },
  };
}

function readOffset(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^-?\d{1,13}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}
