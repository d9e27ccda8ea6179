import type { PrincipalId } from '../../core/tenant.js';
import { parseDuration } from '../../intake/index.js';
import type { VerbContext } from '../define.js';
import { personNamed } from '../person-named.js';
import { ticketIn } from '../reason.js';
import { offeredPeople, offeredTargets } from './offer.js';

/** What the form is filled with. */
export interface Draft {
  people: readonly PrincipalId[];
  /** Values of the offered targets. */
  targets: readonly string[];
  uses: number | null;
  longestMinutes: number | null;
  startsAt: Date | null;
  endsAt: Date | null;
  reason: string;
  ticket: string;
  /** What of the text was not understood, in a sentence. */
  unclear: string | null;
}

const DEFAULT = { uses: 5, longestMinutes: 60, days: 1 };
const DAY_MILLISECONDS = 86_400_000;

type Context = Pick<VerbContext, 'policy'>;

/**
 * `/window @erin @grace orders-db read-orders 5x 60m 3d the migration weekend` → a draft: people, then targets, then
 * `5x`, how long a use is and how long the window is open. What comes after the first word not understood is the reason.
 */
export function draftFrom(context: Context, by: PrincipalId, text: string, now: Date): Draft {
  const named = peopleIn(context, by, text);
  const words = named.rest.split(/\s+/u).filter(Boolean);
  const targets = targetsIn(context, by, words);
  const rest = words.slice(targets.taken);
  const uses = Number(/^(\d{1,3})x$/iu.exec(rest[0] ?? '')?.[1] ?? 0);
  const times = rest.slice(uses > 0 ? 1 : 0);
  const [each, open] = [parseDuration(times[0] ?? ''), parseDuration(times[1] ?? '')];
  const taken = each === null ? 0 : open === null ? 1 : 2;
  const reason = times.slice(taken).join(' ');
  const minutes = each === null || open === null ? DEFAULT.days * 1_440 : open;
  return {
    people: named.people,
    targets: targets.found,
    uses: uses > 0 ? Math.min(uses, 100) : DEFAULT.uses,
    longestMinutes: each ?? DEFAULT.longestMinutes,
    startsAt: null,
    endsAt: new Date(now.getTime() + Math.min(minutes * 60_000, 30 * DAY_MILLISECONDS)),
    reason,
    ticket: ticketIn(reason),
    unclear: text.trim() === '' ? null : unclear(named.people.length > 0, targets.found.length > 0),
  };
}

function unclear(hasPeople: boolean, hasTargets: boolean): string | null {
  const missing = [
    ...(hasPeople ? [] : ['nobody whom a window could let in']),
    ...(hasTargets ? [] : ['no system and scope that a window could be for']),
  ];
  return missing.length === 0
    ? null
    : `The words name ${missing.join(' and ')}. Choose below; what was not understood is kept as the reason.`;
}

/** The people the text begins with, as far as a window can name them. */
function peopleIn(context: Context, by: PrincipalId, text: string) {
  const offered = new Set(offeredPeople(context, by).map(({ id }) => id));
  const people: PrincipalId[] = [];
  let rest = text.trim();
  for (;;) {
    const next = personNamed(context.policy.organisation, rest);
    if (next.person === null || !offered.has(next.person.id)) return { people, rest };
    if (!people.includes(next.person.id)) people.push(next.person.id);
    rest = next.rest;
  }
}

/** `orders-db read-orders write-orders`, or `orders-db/read-orders`. */
function targetsIn(context: Context, by: PrincipalId, words: readonly string[]) {
  const offered = offeredTargets(context, by);
  const found: string[] = [];
  const [first = ''] = words;
  const whole = offered.find(({ system, scope }) => `${system}/${scope}` === first.toLowerCase());
  if (whole !== undefined) return { found: [whole.value], taken: 1 };
  const within = offered.filter(({ system }) => system === first.toLowerCase());
  if (within.length === 0) return { found, taken: 0 };
  for (const word of words.slice(1)) {
    const scope = within.find((one) => one.scope === word.toLowerCase());
    if (scope === undefined) break;
    found.push(scope.value);
  }
  return { found, taken: 1 + found.length };
}
