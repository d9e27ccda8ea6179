import { z } from 'zod';

/** The one source of time (rule 12). Everything that stamps or compares takes a Clock; nothing calls Date.now() itself. */
export interface Clock {
  /** Now, to the millisecond. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until told; tests move it. */
export function manualClock(
  start: Date,
): Clock & { set(to: Date): void; advance(milliseconds: number): void } {
  let current = start.getTime();
  return {
    now: () => new Date(current),
    set: (to) => {
      current = to.getTime();
    },
    advance: (milliseconds) => {
      current += milliseconds;
    },
  };
}

/** RFC 3339 UTC to the millisecond, exactly what `Date.toISOString()` writes: one instant has one spelling. */
export const Instant = z.iso.datetime({ precision: 3 });
