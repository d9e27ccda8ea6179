import type { ObserveQuestion } from '../../packet/index.js';
import { type Answer, rejected } from '../answer.js';
import type { DoerContext } from '../context.js';
import { findGlass } from './keep.js';
import { linesOf } from './snapshot-difference.js';

type Question = Extract<ObserveQuestion, { ask: 'difference_lines' }>;

/** Looks at the target again: which lines of what a use left behind are as they were before it. Throws what it throws. */
export async function lookAgain(
  context: DoerContext,
  packet: { requestId: Question['use']; system: string },
  { use, lines }: Question,
): Promise<Answer> {
  const record = await findGlass(context, use);
  if (record?.state !== 'rotated' || record.system !== packet.system) return rejected('difference_unknown');
  const { accounts, difference } = record;
  const told = linesOf(difference);
  return context.systems.withSession(
    packet.system,
    { place: null, uses: [{ requestId: packet.requestId, kind: 'observe' }] },
    async ({ breakGlass }) => {
      if (breakGlass === undefined) return rejected('limit_system');
      const there = new Set(await breakGlass.takeSnapshot(accounts));
      const isGone = (index: number): boolean => {
        // What did not fit the receipt is one line there, and gone when all of it is.
        const end = told[index]?.change === 'more' ? difference.length : index + 1;
        const meant = difference.slice(index, end);
        return (
          meant.length > 0 && meant.every(({ change, line }) => there.has(line) === (change === 'removed'))
        );
      };
      return { outcome: 'observed', code: 'done', evidence: { gone: lines.filter(isGone) } };
    },
  );
}
