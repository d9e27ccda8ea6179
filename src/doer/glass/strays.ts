import { newRequestId } from '../../core/ids.js';
import { aboutOwnAct, sendAnswer } from '../answer.js';
import type { DoerContext } from '../context.js';
import { glassOf } from '../targets.js';
import { glassOut } from './keep.js';

/**
 * Shuts break-glass accounts that may log in, or are logged in, though nobody has them: opened by hand, or by a restored
 * backup (rule 11). Shuts what two looks in a row found, since one may see a check-out under way, and says so in a receipt.
 * Returns a round for repeat().
 */
export function glassReconciler(context: DoerContext, system: string, onAnswered: () => void) {
  let suspected: readonly string[] = [];
  return async (): Promise<boolean> => {
    const open = await findOpen(context, system);
    const strays = open.filter((account) => suspected.includes(account));
    suspected = open;
    for (const account of strays) await context.accountTurn(account, () => shut(context, system, account));
    if (strays.length > 0) onAnswered();
    return false;
  };
}

async function findOpen(context: DoerContext, system: string): Promise<string[]> {
  const accounts = context.limits().systems[system]?.breakGlass?.accounts ?? [];
  if (accounts.length === 0 || glassOf(context.systems.find(system)) === null) return [];
  // Who has what first, the target after: a doer writes its record before it opens the account.
  const out = await accountsOut(context, system);
  const idle = accounts.filter((account) => !out.has(account));
  if (idle.length === 0) return [];
  return context.systems.withSession(system, { place: null, uses: [] }, async (session) => {
    const open: string[] = [];
    for (const account of idle) {
      const found = await session.readAccount(account, null);
      if (found !== null && (found.canLogin || found.sessions > 0)) open.push(account);
    }
    return open;
  });
}

/** Throws when our database is away: another doer's use cannot be told from nobody's then. */
async function accountsOut(context: DoerContext, system: string): Promise<ReadonlySet<string>> {
  return new Set((await glassOut(context, system)).map(({ account }) => account));
}

async function shut(context: DoerContext, system: string, account: string): Promise<void> {
  if ((await accountsOut(context, system)).has(account)) return;
  const requestId = (await context.database.findLastGlass(system, account)) ?? newRequestId();
  const given = { place: null, uses: [{ requestId, kind: 'rotate' as const }] };
  const sessions = await context.systems.withSession(system, given, ({ breakGlass }) =>
    Promise.resolve(breakGlass?.closeAccount(account)),
  );
  await sendAnswer(context, aboutOwnAct(requestId, system, 'rotate'), {
    outcome: sessions?.left === 0 ? 'rotated' : 'unproven',
    code: sessions?.left === 0 ? 'done' : 'rotation_unproven',
    account,
    evidence: {
      foundOpen: true,
      sessionsEnded: sessions?.ended.length ?? 0,
      sessionsLeft: sessions?.left ?? 0,
    },
  });
}
