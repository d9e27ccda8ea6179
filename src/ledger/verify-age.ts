import type { Entry } from '../core/entry.js';
import type { Problem } from './check-chain.js';

/** 24 months at their longest, in microseconds. As `ledger.prune_range` has it. */
const RETENTION_MICROS = 731n * 86_400_000_000n;

/**
 * Holds what was pruned against its time, by what is hashed and not by what the database says of it (attack 19): the
 * first entry kept follows the last one pruned, so it too must be older than the retention.
 */
export function checkAge(minIndex: number) {
  let first: bigint | null = null;
  let newest = 0n;
  return {
    add({ timeMicros }: Entry) {
      first ??= timeMicros;
      newest = timeMicros;
    },
    finish(): Problem[] {
      if (minIndex === 0 || first === null || first <= newest - RETENTION_MICROS) return [];
      const detail = `entries before ${minIndex} were pruned before they were 24 months old`;
      return [{ seq: minIndex - 1, mechanism: 'pruned', detail }];
    },
  };
}
