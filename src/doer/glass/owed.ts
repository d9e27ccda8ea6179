import { aboutOwnAct, sendAnswer } from '../answer.js';
import type { DoerContext } from '../context.js';
import type { GlassRecord } from './record.js';
import { rotateOut } from './rotate-out.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Ends uses that our own disk says are past their end, without packet, worker or our database (rule 12), and keeps
 * trying what could not be proved, for ever. Returns a round for repeat().
 */
export function glassEnder(context: DoerContext, system: string, onAnswered: () => void) {
  const failures = new Map<string, { count: number; retryAt: number }>();

  return async (): Promise<boolean> => {
    for (const record of context.disk.allGlass().filter(isDue)) await end(record);
    return false;
  };

  function isDue(record: GlassRecord): boolean {
    return (
      record.system === system &&
      record.state === 'checked_out' &&
      Date.parse(record.expiresAt) <= context.clock.now().getTime() &&
      (failures.get(record.requestId)?.retryAt ?? 0) <= performance.now()
    );
  }

  async function end(record: GlassRecord): Promise<void> {
    const answer = await rotateOut(context, record);
    const isProved = answer.outcome === 'rotated';
    if (isProved) failures.delete(record.requestId);
    else delay(record);
    // The first failure is told, and the proof when it comes; what lies between would only repeat itself.
    if (!isProved && record.reportedUnproven) return;
    await sendAnswer(context, aboutOwnAct(record.requestId, system, 'rotate'), answer);
    onAnswered();
  }

  function delay(record: GlassRecord): void {
    const count = (failures.get(record.requestId)?.count ?? 0) + 1;
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (count - 1));
    failures.set(record.requestId, { count, retryAt: performance.now() + wait });
  }
}
