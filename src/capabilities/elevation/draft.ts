import { inlineValue, truncate } from '../../blocks/index.js';
import { parseChange } from '../../core/change.js';
import type { PrincipalId } from '../../core/tenant.js';
import { durationFirst, spokenDurationAt } from '../../intake/index.js';
import { plainMessage } from '../plain-message.js';
import { LONGEST_REASON, ticketIn } from '../reason.js';
import { behalfOf } from './behalf.js';
import { everyScope, type OfferContext, type OfferedScope, refusalOf, requestableScopes } from './offer.js';

/** What the form is filled with. */
export interface Draft {
  /** `<system>/<scope>` */
  target: string | null;
  durationMinutes: number | null;
  reason: string;
  ticket: string;
  startAt: Date | null;
  /** `owner/name@ref` of what shall be deployed. */
  change: string;
  subject: PrincipalId | null;
  /** Rare fields that the text is about without filling them. */
  opens: readonly ('start' | 'subject')[];
  /** What of the text was not understood, in sentences. */
  unclear: string | null;
}

const DEFAULT_MINUTES = 60;

/**
 * `/elevate <system> <scope> <duration> <reason>` → a draft. Words are taken in that order while they are understood;
 * the rest is the reason, and what was expected instead is said.
 */
export function draftFrom(context: OfferContext, by: PrincipalId, text: string): Draft {
  const every = everyScope(context);
  const behalf = behalfOf(context, by, text, (words, at) => targetAt(every, words, at).taken > 0);
  const whose = { by, subject: behalf.subject ?? by };
  const typed = plainMessage(context.policy.organisation, behalf.rest).split(' ').filter(Boolean);
  const named = targetAt(every, typed, 0);
  const { taken, found, within } = targetAt(requestableScopes(context, by, whose.subject), typed, 0);
  const refused = found === null ? refusedTarget(context, whose, named.found) : null;
  const change = changeAmong(found, typed);
  const others = typed.slice(refused === null ? taken : named.taken).filter((word) => word !== change);
  const { minutes, namesStart, rest } = durationFirst(others);
  const written = rest.join(' ');
  const read = { known: within.length > 0, exact: found !== null, timed: minutes !== null, refused };
  return {
    ...filled({ found, within, minutes, reason: truncate(written, LONGEST_REASON), change }),
    subject: behalf.subject,
    opens: [
      ...(namesStart ? (['start'] as const) : []),
      ...(behalf.unknown === null ? [] : (['subject'] as const)),
    ],
    unclear: sentences([
      behalf.unknown === null ? null : unknownPerson(behalf.unknown),
      typed.length === 0 ? null : unclear(read),
      namesStart ? START_NAMED : null,
      written.length > LONGEST_REASON ? SHORTENED : null,
    ]),
  };
}

/** A message in a thread → a draft: what it names anywhere is taken, and the reason quotes it. */
export function draftFromMessage(context: OfferContext, by: PrincipalId, text: string): Draft {
  const offered = requestableScopes(context, by);
  const message = plainMessage(context.policy.organisation, text);
  const words = message.split(/\s+/u).map((word) => word.replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, ''));
  const targets = words.map((_, at) => targetAt(offered, words, at));
  const { found, within } = targets.find((one) => one.found !== null) ??
    targets.find((one) => one.within.length > 0) ?? { found: null, within: [] };
  const minutes = words.map((_, at) => spokenDurationAt(words, at)).find((each) => each !== null)?.minutes;
  const quoted = truncate(message, LONGEST_REASON - 2);
  const missing = [
    ...(found === null ? ['no system with a scope you may ask for'] : []),
    ...(minutes === undefined ? ['no duration'] : []),
  ];
  return {
    ...filled({
      found,
      within,
      minutes: minutes ?? null,
      reason: `“${quoted}”`,
      change: changeAmong(found, words),
    }),
    unclear: sentences([
      missing.length === 0
        ? null
        : `The message names ${missing.join(' and ')}. Complete the form; the message is quoted as the reason.`,
      quoted === message ? null : SHORTENED,
    ]),
  };
}

function filled(known: {
  found: OfferedScope | null;
  within: readonly OfferedScope[];
  minutes: number | null;
  reason: string;
  change: string;
}): Omit<Draft, 'unclear'> {
  const { found, within, minutes, reason, change } = known;
  const only = within.length === 1 ? within[0] : undefined;
  return {
    target: (found ?? only)?.target ?? null,
    durationMinutes: minutes ?? (found ?? within[0])?.defaultMinutes ?? DEFAULT_MINUTES,
    reason,
    ticket: ticketIn(reason),
    startAt: null,
    change,
    subject: null,
    opens: [],
  };
}

/** `orders-db read-orders`, `orders-db/read-orders`, or a scope's name alone where one system has it. */
function targetAt(offered: readonly OfferedScope[], words: readonly string[], at: number) {
  const [word, next] = [words[at]?.toLowerCase() ?? '', words[at + 1]?.toLowerCase()];
  const whole = offered.find(({ target }) => target === word);
  if (whole !== undefined) return { taken: 1, found: whole, within: [whole] };
  const within = offered.filter(({ system }) => system === word);
  const scope = within.find((candidate) => candidate.scope === next);
  if (scope !== undefined) return { taken: 2, found: scope, within };
  if (within.length > 0) return { taken: 1, found: null, within };
  const named = offered.filter((candidate) => candidate.scope === word);
  const [only] = named;
  return named.length === 1 && only !== undefined
    ? { taken: 1, found: only, within: named }
    : { taken: 0, found: null, within: [] };
}

/** `owner/name@ref`, for a scope that deploys something; elsewhere such a word is part of the reason. */
const changeAmong = (found: OfferedScope | null, words: readonly string[]): string =>
  found?.repository == null ? '' : (words.find((word) => parseChange(word) !== null) ?? '');

/** Why somebody may not have the scope they named; null where they named none, or one that is offered. */
function refusedTarget(
  context: OfferContext,
  whose: { by: PrincipalId; subject: PrincipalId },
  named: OfferedScope | null,
): string | null {
  const refusal =
    named === null ? null : refusalOf(context, { ...whose, system: named.system, scope: named.scope });
  return named === null || refusal === null ? null : `${named.label}: ${refusal}`;
}

function unclear(read: {
  known: boolean;
  exact: boolean;
  timed: boolean;
  refused: string | null;
}): string | null {
  if (read.exact && read.timed) return null;
  if (read.exact)
    return 'After the scope comes no duration like 15m or 2h, so the default is filled in; your words are kept as the reason.';
  if (read.refused !== null) return `${read.refused} Choose another below, or close this.`;
  if (!read.known)
    return 'The first word named no system you may ask for. Choose one below; your words are kept as the reason.';
  return 'The second word named no scope of that system. Choose one below; your words are kept as the reason.';
}

const unknownPerson = (name: string): string =>
  `“${inlineValue(name, 60)}” names no one person you may ask for. Choose below whom it is for.`;
const START_NAMED =
  'A time to begin is named, and whose clock it goes by cannot be told. Choose it under *Begins*; left empty, the access begins once approved.';
const SHORTENED = `The words are longer than a reason may be, so they end with “…” after ${LONGEST_REASON} characters. Check that what matters is among them.`;

const sentences = (said: readonly (string | null)[]): string | null => {
  const each = said.filter((one) => one !== null);
  return each.length === 0 ? null : each.join(' ');
};
