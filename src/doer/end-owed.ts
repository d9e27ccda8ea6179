import type { SessionId } from '../connectors/connector.js';
import type { RequestId } from '../core/tenant.js';
import { aboutOwnAct, sendAnswer } from './answer.js';
import { backoff } from './backoff.js';
import type { DoerContext } from './context.js';
import { endGrants } from './end.js';
import type { Ending } from './ending.js';
import { codeOf } from './failure.js';
import type { GrantRecord } from './grant-record.js';

const BATCH = 20;

/**
 * Ends what our own disk says is past its signed end, without packet, worker or our database (rule 12), and keeps trying
 * what could not be proved, for ever (rule 11). One loop a system: a target that does not answer delays no other's ends.
 * Returns a round for repeat().
 */
export function owedEnder(context: DoerContext, system: string, onAnswered: () => void) {
  /** Shut already, and the sessions each had then. */
  const shut = new Map<RequestId, readonly SessionId[]>();
  const pauses = backoff();

  return async (): Promise<boolean> => {
    const due = context.disk.allOwed().filter((record) => record.system === system && isDue(record));
    if (due.length > BATCH) await shutFirst(due);
    if (due.length > 0) await endBatch(due.slice(0, BATCH));
    return due.length > BATCH;
  };

  /** With more than one batch to prove, all sessions go before the first proof: proofs take their time. */
  async function shutFirst(due: readonly GrantRecord[]): Promise<void> {
    for (const requestId of shut.keys())
      if (context.disk.owed(requestId) === undefined) shut.delete(requestId);
    const open = due.filter((record) => record.member === null && !shut.has(record.requestId));
    if (open.length === 0) return;
    const uses = open.map(({ requestId }) => ({ requestId, kind: 'end' as const }));
    try {
      const sessions = await context.systems.withSession(system, { place: null, uses }, async (session) =>
        session.own?.shut(open.map((record) => record.account)),
      );
      for (const { requestId, account } of open) shut.set(requestId, sessions?.get(account) ?? []);
    } catch (error) {
      context.log.warn({ system, code: codeOf(error) }, 'doer: many ends at once not shut first');
    }
  }

  function isDue(record: GrantRecord): boolean {
    const isPast = Date.parse(record.expiresAt) <= context.clock.now().getTime();
    return isPast && pauses.isOver(record.requestId);
  }

  async function endBatch(records: readonly GrantRecord[]): Promise<void> {
    const endings = records.map(
      (record): Ending => ({
        requestId: record.requestId,
        system,
        reason: record.endReason ?? 'expired',
        shut: shut.get(record.requestId) ?? [],
      }),
    );
    const answers = await endGrants(context, system, endings, { tellOthersFirst: false });
    for (const [at, record] of records.entries()) {
      const answer = answers[at];
      if (!answer) continue;
      const isProved = answer.outcome === 'ended';
      if (isProved) pauses.succeeded(record.requestId);
      else pauses.failed(record.requestId);
      // The first failure is told, and the proof when it comes; what lies between would only repeat itself.
      if (isProved || !record.reportedUnproven)
        await sendAnswer(context, aboutOwnAct(record.requestId, system, 'end'), answer);
    }
    onAnswered();
  }
}
