import { inlineValue } from '../blocks/index.js';
import type { PrincipalId, RequestId } from '../core/tenant.js';
import { type RequestEvent, readPrincipals, readRequestEvents } from '../ledger/index.js';
import type { LedgerReader, Names } from './define.js';

/** An entry of the ledger, with who did it where that is still known. */
export type Entry = Omit<RequestEvent, 'actor'> & { by: PrincipalId | { process: string } | null };

/** Every entry about these requests that is sequenced by now, by position; the first of them began at `since`. */
export async function readEntries(
  { store, tenant }: LedgerReader,
  asked: { requests: readonly RequestId[]; since: Date },
): Promise<Entry[]> {
  const entries = await readRequestEvents(store.pool, tenant, asked);
  const actors = entries.flatMap(({ actor }) => (typeof actor === 'string' ? [actor] : []));
  const people = await readPrincipals(store.pool, tenant, [...new Set(actors)]);
  return entries.map(({ actor, ...entry }) => ({
    ...entry,
    by: typeof actor === 'string' ? (people.get(actor) ?? null) : actor,
  }));
}

export const ERASED = 'somebody whose name is gone';

/** Who did it, for a line of mrkdwn. */
export function whoDid({ by }: Pick<Entry, 'by'>, names: Names): string {
  if (by === null) return ERASED;
  return typeof by === 'string' ? names.mention(by) : inlineValue(by.process, 40);
}
