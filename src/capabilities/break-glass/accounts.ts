import { type Outcome, ok, refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { RequestChange } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { findSystem } from '../systems.js';
import { endingOf } from './ending.js';
import type { Use } from './schemas.js';
import { asUse, changeOf, list, UNDER_WAY } from './stored.js';

/** Which account a use gets, and whose use ends for it. */
export interface Place {
  account: string;
  handle: string;
  takenOver: Use | null;
  end: readonly RequestChange[];
}

/** Every account is out, and no use was chosen to end for this one; or the one chosen is over. */
export const ACCOUNTS_OUT = 'break-glass.accounts_out';
export const TAKE_OVER_GONE = 'break-glass.take_over_gone';

export const handleOf = (system: string, account: string): string => `break-glass:${system}:${account}`;

/** Uses whose account is not yet proved dead. */
export const OUT = [...UNDER_WAY, 'ending', 'rotation_unproven'] as const;

export const usesOut = async (context: VerbContext): Promise<Use[]> =>
  (await list(context, { states: OUT })).map(asUse);

/** The first account that is in, and nobody's use ends for it; else the one of the use that is taken over, which ends. */
export async function placeFor(
  context: VerbContext,
  ask: { by: PrincipalId; system: string; takeOver: RequestId | null; now: Date },
): Promise<Outcome<Place>> {
  const { system } = ask;
  const out = (await usesOut(context)).filter((use) => use.details.system === system);
  const accounts = findSystem(context, system)?.breakGlass?.accounts ?? [];
  const free = accounts.find((account) => out.every((use) => use.details.account !== account));
  if (free !== undefined)
    return ok({ account: free, handle: handleOf(system, free), takenOver: null, end: [] });
  const taken = out.find((use) => use.id === ask.takeOver);
  if (taken !== undefined) {
    const { account } = taken.details;
    return ok({ account, handle: handleOf(system, account), takenOver: taken, end: endOf(taken, ask) });
  }
  if (ask.takeOver !== null)
    return refused(TAKE_OVER_GONE, 'That use is over. Look under "Take over" again, or leave it empty.');
  return refused(
    ACCOUNTS_OUT,
    'Every break-glass account of this system is out. Choose under "Take over" whose use should end.',
  );
}

/** A use that is ending already needs no second word. */
function endOf(taken: Use, { by, now }: { by: PrincipalId; now: Date }): RequestChange[] {
  if (taken.details.end !== null) return [];
  const end = endingOf('taken_over', by, now);
  return [changeOf(taken, { on: 'end', details: { ...taken.details, end }, dueAt: now })];
}
