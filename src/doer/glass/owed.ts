import { aboutOwnAct, sendAnswer } from '../answer.js';
import { backoff } from '../backoff.js';
import type { DoerContext } from '../context.js';
import type { GlassRecord } from './record.js';
import { rotateOut } from './rotate-out.js';

/**
 * Ends uses that our own disk says are past their end, without packet, worker or our database (rule 12), and keeps
 * trying what could not be proved, for ever. Returns a round for repeat().
 */
export function glassEnder(context: DoerContext, system: string, onAnswered: () => void) {
  const pauses = backoff();

  return async (): Promise<boolean> => {
    for (const record of context.disk.allGlass().filter(isDue)) await end(record);
    return false;
  };

  function isDue(record: GlassRecord): boolean {
    return (
      record.system === system &&
      record.state === 'checked_out' &&
      Date.parse(record.expiresAt) <= context.clock.now().getTime() &&
      pauses.isOver(record.requestId)
    );
  }

  async function end(record: GlassRecord): Promise<void> {
    const answer = await rotateOut(context, record);
    const isProved = answer.outcome === 'rotated';
    if (isProved) pauses.succeeded(record.requestId);
    else pauses.failed(record.requestId);
    // The first failure is told, and the proof when it comes; what lies between would only repeat itself.
    if (!isProved && record.reportedUnproven) return;
    await sendAnswer(context, aboutOwnAct(record.requestId, system, 'rotate'), answer);
    onAnswered();
  }
}
