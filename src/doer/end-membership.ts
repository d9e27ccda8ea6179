import type { TargetSession } from '../connectors/connector.js';
import type { RequestId } from '../core/tenant.js';
import type { Answer } from './answer.js';
import type { DoerContext } from './context.js';
import { type Ending, unproven } from './ending.js';
import { codeOf } from './failure.js';
import type { GrantRecord, Membership } from './grant-record.js';
import { otherHolders } from './memberships.js';

/**
 * Rule 13: a membership goes with the last grant that rests on it. Before the others are counted our own mark must be
 * where they look, or two that end together would each leave it to the other. The target knows nothing of a grant, so
 * without a record there is nothing to take back; only our database may say that there is none.
 */
export async function endMembership(
  context: DoerContext,
  session: TargetSession,
  ending: Ending,
  buried: Promise<void>,
): Promise<Answer> {
  try {
    const { requestId } = ending;
    const record = await findMembership(context, requestId);
    if (record === null) {
      context.disk.settle(requestId);
      return {
        outcome: 'ended',
        code: 'done',
        evidence: { reason: ending.reason, membership: 'not ours' },
      };
    }
    const { member } = record;
    return await context.alone(member, {
      kind: 'end',
      work: async () => {
        await buried;
        const heldBy = await otherHolders(context, member, requestId);
        if (heldBy.length > 0) {
          await settleMembership(context, record);
          return ended(ending, record, { membership: 'kept', heldBy });
        }
        const place =
          record.scope === null ? null : context.systems.find(ending.system)?.scopes[record.scope];
        const proof = await session.endAccount(record.account, {
          id: record.accountId,
          scope: place ?? null,
        });
        await context.faults('doer.end.dropped');
        if (!proof.proved) return unproven(context, ending, proof.remains);
        await settleMembership(context, record);
        return ended(ending, record, proof.readBack);
      },
    });
  } catch (error) {
    return unproven(context, ending, [codeOf(error)]);
  }
}

type MembershipRecord = GrantRecord & { member: Membership };

/**
 * What is to be taken back; null where that was never given or is proved gone, by this doer or another: whoever is in the
 * group since is in it by others. Throws while neither our disk nor our database can tell.
 */
async function findMembership(context: DoerContext, requestId: RequestId): Promise<MembershipRecord | null> {
  const owed = context.disk.owed(requestId);
  const known = await context.database.findGrant(requestId).catch((error: unknown) => {
    if (owed?.member) return null;
    throw error;
  });
  const found = owed?.member ? owed : known;
  const member = found?.member ?? null;
  if (found === null || member === null || known?.state === 'over') return null;
  const record = { ...found, member };
  context.disk.saveOwed(record); // ours to end from here on, whatever becomes of our database
  return record;
}

const ended = (ending: Ending, { account }: GrantRecord, evidence: Answer['evidence']): Answer => ({
  outcome: 'ended',
  code: 'done',
  account,
  evidence: { reason: ending.reason, ...evidence },
});

/** Where our database is away the reconciler finds it unsettled later, looks, and settles it then. */
async function settleMembership(context: DoerContext, record: GrantRecord): Promise<void> {
  context.disk.settle(record.requestId);
  await context.database.saveGrant({ ...record, state: 'over' }).catch(() => undefined);
}
