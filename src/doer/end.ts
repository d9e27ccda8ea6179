import type { EndProof, TargetSession } from '../connectors/connector.js';
import type { RequestId } from '../core/tenant.js';
import { type Answer, rejected } from './answer.js';
import type { DoerContext } from './context.js';
import { endMembership } from './end-membership.js';
import { type Ending, unproven } from './ending.js';
import { codeOf } from './failure.js';
import { accountOf, type GrantRecord, parseNote } from './grant-record.js';
import { admitsOwnAccounts } from './targets.js';
import { buryGrants } from './tombstones.js';

/**
 * Ends a batch of grants on one system under one lease; the answers stand in the order of `endings`. Never throws: what
 * could not be proved ended is owed on our own disk and tried again by the loop over it (rule 11).
 *
 * `tellOthersFirst`: the mark that these are ended stands in the schema all doers share before we look at the target. A
 * doer that is just beginning such a grant looks for the mark after it made the account, so one of the two sees the
 * other. What ends by its own clock does not wait for our database.
 */
export async function endGrants(
  context: DoerContext,
  system: string,
  endings: readonly Ending[],
  options: { tellOthersFirst: boolean },
): Promise<Answer[]> {
  const buried = buryGrants(
    context,
    system,
    endings.map((ending) => ending.requestId),
  );
  const target = context.systems.find(system);
  if (!target) return endings.map(() => rejected('limit_system'));
  if (options.tellOthersFirst) await buried;
  const answers: Answer[] = [];
  try {
    const uses = endings.map(({ requestId }) => ({ requestId, kind: 'end' as const }));
    await context.systems.withSession(system, { place: null, uses }, async (session) => {
      await context.faults('doer.end.leased');
      for (const ending of endings)
        answers.push(
          admitsOwnAccounts(target)
            ? await endMembership(context, session, ending, buried)
            : await context.accountTurn(accountOf(ending.requestId), () =>
                endAccount(context, session, ending),
              ),
        );
    });
  } catch (error) {
    for (const ending of endings.slice(answers.length))
      answers.push(unproven(context, ending, [codeOf(error)]));
  }
  return answers;
}

async function endAccount(context: DoerContext, session: TargetSession, ending: Ending): Promise<Answer> {
  const account = accountOf(ending.requestId);
  try {
    const record = await findRecord(context, ending.requestId);
    const scope = record?.scope ?? parseNote((await session.readAccount(account, null))?.note ?? null)?.scope;
    const place =
      scope === undefined || scope === null ? undefined : context.systems.find(ending.system)?.scopes[scope];
    const where = { id: record?.accountId ?? null, scope: place ?? null };
    const proof = await session.endAccount(account, where).catch(async (error: unknown) => {
      // Gone under our hands: another doer ended it, and looking again only proves it.
      if ((await session.readAccount(account, null)) === null) return session.endAccount(account, where);
      throw error;
    });
    await context.faults('doer.end.dropped');
    if (!proof.proved) return unproven(context, ending, proof.remains);
    context.disk.settle(ending.requestId);
    return { outcome: 'ended', code: 'done', account, evidence: evidenceOf(ending, proof) };
  } catch (error) {
    return unproven(context, ending, [codeOf(error)]);
  }
}

async function findRecord(context: DoerContext, requestId: RequestId): Promise<GrantRecord | null> {
  const owed = context.disk.owed(requestId);
  if (owed) return owed;
  return context.database.findGrant(requestId).catch(() => null); // without it the account's name and note must do
}

const evidenceOf = (ending: Ending, proof: EndProof) => ({
  reason: ending.reason,
  sessionsEnded: proof.sessionsEnded && new Set([...(ending.shut ?? []), ...proof.sessionsEnded]).size,
  objectsDropped: proof.objectsDropped,
  ...proof.readBack,
});
