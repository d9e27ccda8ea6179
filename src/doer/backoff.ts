const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** What failed is tried again after a pause that doubles with each failure, for ever (rule 11). */
export function backoff() {
  const failures = new Map<string, { count: number; retryAt: number }>();
  return {
    isOver: (id: string): boolean => (failures.get(id)?.retryAt ?? 0) <= performance.now(),
    failed(id: string): void {
      const count = (failures.get(id)?.count ?? 0) + 1;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1));
      failures.set(id, { count, retryAt: performance.now() + pause });
    },
    succeeded: (id: string): boolean => failures.delete(id),
  };
}
