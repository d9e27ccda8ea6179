import type { AccountState } from '../connectors/connector.js';
import { aboutOwnAct, sendAnswer } from './answer.js';
import type { DoerContext } from './context.js';
import { endGrants } from './end.js';
import type { Ending } from './ending.js';
import { codeOf } from './failure.js';
import { parseNote, requestOf } from './grant-record.js';
import { admitsOwnAccounts } from './targets.js';

/**
 * Looks for accounts of ours at the target that should not be there: past their end by what stands beside them, or
 * without a live grant, as a restored backup brings back (rules 11, 12). Ends what two looks in a row found, since one
 * look may see an end that is just under way, and says so in a receipt. Returns a round for repeat().
 */
export function reconciler(context: DoerContext, system: string, onAnswered: () => void) {
  let suspected = new Set<string>();
  return async (): Promise<boolean> => {
    const found = await findStrays(context, system);
    const endings = found.filter((ending) => suspected.has(ending.requestId));
    suspected = new Set(found.map((ending) => ending.requestId));
    if (endings.length === 0) return false;
    const answers = await endGrants(context, system, endings, { tellOthersFirst: false });
    for (const [at, ending] of endings.entries()) {
      const answer = answers[at];
      if (answer) await sendAnswer(context, aboutOwnAct(ending.requestId, system, 'end'), answer);
    }
    onAnswered();
    return false;
  };
}

async function findStrays(context: DoerContext, system: string): Promise<Ending[]> {
  const target = context.systems.find(system);
  if (!target) return [];
  return admitsOwnAccounts(target) ? findLapsed(context, system) : findOnTarget(context, system);
}

/**
 * A group does not say who put whom there, so our records must: those of a doer whose disk is lost. Somebody put back by
 * hand after a proved end has standing access, which is not ours to take.
 */
async function findLapsed(context: DoerContext, system: string): Promise<Ending[]> {
  const records = await context.database.findLapsed(system, context.clock.now());
  return records
    .filter(({ requestId }) => context.disk.owed(requestId) === undefined)
    .map(({ requestId, endReason }) => ({ requestId, system, reason: endReason ?? 'expired' }));
}

async function findOnTarget(context: DoerContext, system: string): Promise<Ending[]> {
  // The list first, our records after: a doer writes its record before it makes the account, so none is mistaken for lost.
  const { accounts, clock } = await context.systems.withSession(
    system,
    { place: null, uses: [] },
    async (session) => ({
      accounts: (await session.own?.list()) ?? [],
      clock: await session.readClock(),
    }),
  );
  const endings: Ending[] = [];
  for (const account of accounts) {
    const ending = await judge(context, account, clock, system);
    if (ending) endings.push(ending);
  }
  return endings;
}

async function judge(
  context: DoerContext,
  account: AccountState,
  targetNow: Date,
  system: string,
): Promise<Ending | null> {
  const requestId = requestOf(account.account);
  const note = parseNote(account.note);
  if (!requestId || (note && note.tenant !== context.tenant)) return null;
  // Another system on the same cluster looks for its own; of one that is not served any more nobody else would.
  if (note && note.system !== system && context.systems.find(note.system)) return null;
  if (context.disk.owed(requestId)) return null; // the loop over our own disk has it
  const resurrected: Ending = { requestId, system, reason: 'resurrected' };
  if (context.disk.tombstoneOf(requestId)) return resurrected;
  const isPast =
    (account.validUntil !== null && account.validUntil <= targetNow) ||
    (note !== null && Date.parse(note.expiresAt) <= context.clock.now().getTime());
  const expired: Ending = { requestId, system, reason: 'expired' };
  try {
    if (await context.database.isTombstoned(requestId)) return resurrected;
    if (isPast) return expired;
    return (await context.database.findGrant(requestId)) ? null : resurrected;
  } catch (error) {
    // Without our database a live grant of another doer cannot be told from a lost one; its end still can.
    context.log.warn({ requestId, code: codeOf(error) }, 'doer: reconciling by the target alone');
    return isPast ? expired : null;
  }
}
