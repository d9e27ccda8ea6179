import { aboutOwnAct, sendAnswer } from './answer.js';
import type { DoerContext } from './context.js';
import { type Ending, endGrants } from './end.js';
import type { GrantRecord } from './grant-record.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const BATCH = 20;

/**
 * Ends what our own disk says is past its signed end, without packet, worker or our database (rule 12), and keeps trying
 * what could not be proved, for ever (rule 11). Returns a round for repeat().
 */
export function owedEnder(context: DoerContext, onAnswered: () => void) {
  const failures = new Map<string, { count: number; retryAt: number }>();

  return async (): Promise<boolean> => {
    const due = context.disk.allOwed().filter(isDue);
    for (const system of new Set(due.map((record) => record.system)))
      await endBatch(system, due.filter((record) => record.system === system).slice(0, BATCH));
    return false;
  };

  function isDue(record: GrantRecord): boolean {
    const retryAt = failures.get(record.requestId)?.retryAt ?? 0;
    return Date.parse(record.expiresAt) <= context.clock.now().getTime() && retryAt <= performance.now();
  }

  async function endBatch(system: string, records: readonly GrantRecord[]): Promise<void> {
    const endings = records.map(
      (record): Ending => ({ requestId: record.requestId, system, reason: 'expired' }),
    );
    const answers = await endGrants(context, system, endings);
    for (const [at, record] of records.entries()) {
      const answer = answers[at];
      if (!answer) continue;
      const isProved = answer.outcome === 'ended';
      if (isProved) failures.delete(record.requestId);
      else delay(record);
      // The first failure is told, and the proof when it comes; what lies between would only repeat itself.
      if (isProved || !record.reportedUnproven)
        await sendAnswer(context, aboutOwnAct(record.requestId, system, 'end'), answer);
    }
    onAnswered();
  }

  function delay(record: GrantRecord): void {
    const count = (failures.get(record.requestId)?.count ?? 0) + 1;
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (count - 1));
    failures.set(record.requestId, { count, retryAt: performance.now() + wait });
  }
}
