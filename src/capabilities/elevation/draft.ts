import { parseChange } from '../../core/change.js';
import type { PrincipalId } from '../../core/tenant.js';
import { parseDuration } from '../../intake/index.js';
import type { VerbContext } from '../define.js';
import { personNamed } from '../person-named.js';
import { ticketIn } from '../reason.js';
import { type OfferedScope, possibleSubjects, requestableScopes } from './offer.js';

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
  /** What of the text was not understood, in a sentence. */
  unclear: string | null;
}

const DEFAULT_MINUTES = 60;

type Context = Pick<VerbContext, 'policy'>;

/**
 * `/elevate <system> <scope> <duration> <reason>` → a draft. Words are taken in that order while they are understood;
 * the rest is the reason, and what was expected instead is said.
 */
export function draftFrom(context: Context, by: PrincipalId, text: string): Draft {
  const offered = requestableScopes(context, by);
  const { subject, rest } = behalfOf(context, by, text);
  const typed = rest.trim().split(/\s+/u).filter(Boolean);
  const { taken, found, within } = targetAt(offered, typed, 0);
  const change = changeAmong(found, typed);
  const words = typed.filter((word) => word !== change);
  const minutes = parseDuration(words[taken] ?? '');
  const reason = words.slice(minutes === null ? taken : taken + 1).join(' ');
  return {
    ...filled({ found, within, minutes, reason, change }),
    subject,
    unclear:
      words.length === 0
        ? null
        : unclear({ known: within.length > 0, exact: found !== null, timed: minutes !== null }),
  };
}

/** A message in a thread → a draft: what it names anywhere is taken, and the reason quotes it whole. */
export function draftFromMessage(context: Context, by: PrincipalId, text: string): Draft {
  const offered = requestableScopes(context, by);
  const message = plainMessage(text);
  const words = message.split(/\s+/u).map((word) => word.replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, ''));
  const targets = words.map((_, at) => targetAt(offered, words, at));
  const { found, within } = targets.find((one) => one.found !== null) ??
    targets.find((one) => one.within.length > 0) ?? { found: null, within: [] };
  const minutes = words.map((word, at) => spokenDuration(word, words[at + 1])).find((each) => each !== null);
  const missing = [
    ...(found === null ? ['no system with a scope you may ask for'] : []),
    ...(minutes === undefined ? ['no duration'] : []),
  ];
  return {
    ...filled({
      found,
      within,
      minutes: minutes ?? null,
      reason: `“${message}”`,
      change: changeAmong(found, words),
    }),
    unclear:
      missing.length === 0
        ? null
        : `The message names ${missing.join(' and ')}. Complete the form; the message is quoted as the reason.`,
  };
}

/** `for @somebody …`: whom the access is for, where it is somebody who may have some. */
function behalfOf(context: Context, by: PrincipalId, text: string) {
  const behalf = /^\s*for\s+(.*)$/isu.exec(text)?.[1];
  if (behalf === undefined) return { subject: null, rest: text };
  const { person, rest } = personNamed(context.policy.organisation, behalf);
  const known = possibleSubjects(context, by).some(({ id }) => id === person?.id);
  return person !== null && known ? { subject: person.id, rest } : { subject: null, rest: text };
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

/** In running text a bare number is no duration: `30m` and `30 minutes` are. */
function spokenDuration(word: string, next: string | undefined): number | null {
  if (/^\d+$/u.test(word)) return next === undefined || /^\d/u.test(next) ? null : parseDuration(word + next);
  return parseDuration(word);
}

/** Slack's mrkdwn of a message as people read it, on one line. */
const plainMessage = (text: string): string =>
  text
    .replace(/<([^|>]+)\|([^>]+)>/gu, '$2')
    .replace(/<([^>]+)>/gu, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/gu, ' ')
    .trim();

function unclear(typed: { known: boolean; exact: boolean; timed: boolean }): string | null {
  if (typed.exact && typed.timed) return null;
  if (typed.exact)
    return 'The third word was no duration like 15m or 2h, so the default is filled in; your words are kept as the reason.';
  if (!typed.known)
    return 'The first word named no system you may ask for. Choose one below; your words are kept as the reason.';
  return 'The second word named no scope of that system. Choose one below; your words are kept as the reason.';
}
