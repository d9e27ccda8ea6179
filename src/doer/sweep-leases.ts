import { aboutOwnAct, sendAnswer } from './answer.js';
import type { DoerContext } from './context.js';

/** Ends the leases of doers that died and says so, since nobody else can tell of them. Returns a round for repeat(). */
export function leaseSweeper(context: DoerContext, system: string, onAnswered: () => void) {
  return async (): Promise<boolean> => {
    const { ended, left } = await context.systems.sweepLeases(system);
    if (left.length > 0) context.log.warn({ system, left }, 'doer: leases not swept');
    if (ended.length === 0) return false;
    await sendAnswer(context, aboutOwnAct(null, system, 'lease'), {
      outcome: 'ended',
      code: 'done',
      evidence: { ended, left },
    });
    onAnswered();
    return false;
  };
}
