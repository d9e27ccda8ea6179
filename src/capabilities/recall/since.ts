import { subMinutes } from 'date-fns/subMinutes';
import { z } from 'zod';
import { spokenDurationAt } from '../../intake/index.js';

export type Since = { at: Date } | { fault: 'none' | 'ahead' | 'unclear' };

const Written = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const DAY_MINUTES = 1_440;

/**
 * `3d`, `2 hours ago`, `yesterday`, `2026-11-01` or an RFC 3339 instant. A day begins in UTC; what is recalled is the more
 * for it, east of there.
 */
export function parseSince(text: string, now: Date): Since {
  const words = text
    .trim()
    .replace(/^since\b\s*/iu, '')
    .trim();
  if (words === '') return { fault: 'none' };
  const at = daysBack(words, now) ?? ago(words, now) ?? written(words);
  if (at === null) return { fault: 'unclear' };
  return at <= now ? { at } : { fault: 'ahead' };
}

function daysBack(words: string, now: Date): Date | null {
  const back = ['today', 'yesterday'].indexOf(words.toLowerCase());
  if (back < 0) return null;
  return new Date(
    `${subMinutes(now, back * DAY_MINUTES)
      .toISOString()
      .slice(0, 10)}T00:00:00Z`,
  );
}

/** A number alone is no time: of hours or of days cannot be told. */
function ago(words: string, now: Date): Date | null {
  const each = words.replace(/\s+ago$/iu, '').split(/\s+/u);
  const found = spokenDurationAt(each, 0);
  return found?.taken === each.length ? subMinutes(now, found.minutes) : null;
}

function written(words: string): Date | null {
  const parsed = Written.safeParse(words);
  return parsed.success ? new Date(parsed.data) : null;
}

/** What comes after a name that nobody has: where it ends, `since` tells. A mention is cut off already. */
export const afterName = (text: string): string => /(?:^|\s)since\b.*$/isu.exec(text)?.[0] ?? text;

/** In sentences, before the help. */
export function whatIsWrong(fault: 'none' | 'ahead' | 'unclear', isNamed: boolean): string {
  const what = {
    none: 'Since when is missing.',
    ahead: 'The time lies ahead.',
    unclear: 'Since when was not understood.',
  }[fault];
  return isNamed ? what : `That names no one person. ${what}`;
}
