import { refused } from '../../../core/outcome.js';
import type { PrincipalId } from '../../../core/tenant.js';
import { parseNumber } from '../../../intake/index.js';
import type { VerbContext } from '../../define.js';
import type { ElevationState } from '../machine.js';
import type { Elevation } from '../schemas.js';
import { list } from '../stored.js';

/** A word after `/elevate`. */
export interface Said {
  by: PrincipalId;
  input: string;
  /** What follows the word. */
  rest: string;
}

/** What this person asked for or has, newest first. */
export async function ownRequests(
  context: VerbContext,
  person: PrincipalId,
  which: { states?: readonly ElevationState[]; before?: number; take: number },
): Promise<Elevation[]> {
  const [asked, had] = await Promise.all([
    list(context, { ...which, requester: person }),
    list(context, { ...which, subject: person }),
  ]);
  const each = new Map([...asked, ...had].map((request) => [request.id, request]));
  return [...each.values()].sort((a, b) => b.number - a.number).slice(0, which.take);
}

/** The request of this number; null where there is none. */
async function requestOfNumber(context: VerbContext, number: number): Promise<Elevation | null> {
  const [found] = await list(context, { before: number + 1, take: 1 });
  return found?.number === number ? found : null;
}

/** The request that `#12` names, or the only one of `states` a person has. */
export async function requestMeant(
  context: VerbContext,
  by: PrincipalId,
  ask: { rest: string; states: readonly ElevationState[]; nothing: string },
): Promise<{ ok: true; value: Elevation } | { ok: false; code: 'which'; message: string }> {
  const number = parseNumber(ask.rest);
  if (ask.rest.trim() !== '') {
    const found = number === null ? null : await requestOfNumber(context, number);
    return found === null
      ? refused('which', 'There is no such request. `/elevate mine` lists yours with their numbers.')
      : { ok: true, value: found };
  }
  const own = await ownRequests(context, by, { states: ask.states, take: 20 });
  const [only] = own;
  if (only === undefined) return refused('which', ask.nothing);
  if (own.length === 1) return { ok: true, value: only };
  const numbers = own.map((request) => `#${request.number}`).join(', ');
  return refused('which', `You have several: ${numbers}. Say which, for example with #${only.number}.`);
}
