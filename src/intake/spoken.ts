import { parseDuration } from './duration.js';

/** Words that say when something begins, and those among them that name a time ahead. */
const WHEN =
  /^(?:at|on|from|next|today|utc|tomorrow|tonight|noon|(?:mon|tue|wed|thu|fri|sat|sun)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}(?:am|pm)|\d{1,2}:\d{2}(?:am|pm)?|\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?)$/iu;
const FILLING = /^(?:at|on|from|next|today|utc)$/iu;

/** In running text a bare number is no duration: `30m` and `30 minutes` are. `taken` counts words. */
export function spokenDurationAt(
  words: readonly string[],
  at: number,
): { minutes: number; taken: number } | null {
  const first = withUnitAt(words, at);
  if (first === null) return null;
  const more = withUnitAt(words, at + first.taken);
  const isRemainder = more !== null && first.minutes % 60 === 0 && more.minutes < 60;
  return isRemainder ? { minutes: first.minutes + more.minutes, taken: first.taken + more.taken } : first;
}

function withUnitAt(words: readonly string[], at: number): { minutes: number; taken: number } | null {
  const [word = '', next = ''] = words.slice(at, at + 2).map((one) => one.replace(/[,.;:]+$/u, ''));
  const isBare = /^\d+$/u.test(word);
  const minutes = isBare && !/^[a-z]/iu.test(next) ? null : parseDuration(isBare ? word + next : word);
  return minutes === null ? null : { minutes, taken: isBare ? 2 : 1 };
}

/**
 * The duration these words begin with, be it after `for` or a time to begin at, where a bare number is minutes; the other
 * words are kept. `namesStart`: they name a time to begin at, which is nobody's here to place in a time zone.
 */
export function durationFirst(words: readonly string[]): {
  minutes: number | null;
  namesStart: boolean;
  rest: string[];
} {
  const before = countWhen(words, 0);
  const at = before + (words[before]?.toLowerCase() === 'for' ? 1 : 0);
  const found = spokenDurationAt(words, at) ?? bareAt(words, at);
  const end = found === null ? before : at + found.taken;
  const when = [...words.slice(0, before), ...words.slice(end, end + countWhen(words, end))];
  return {
    minutes: found?.minutes ?? null,
    namesStart: when.some((word) => !FILLING.test(word)),
    rest: [...words.slice(0, before), ...words.slice(end)],
  };
}

function bareAt(words: readonly string[], at: number): { minutes: number; taken: number } | null {
  const minutes = parseDuration(words[at] ?? '');
  return minutes === null ? null : { minutes, taken: 1 };
}

/** How many words from here say when; a clock's hour may stand before its `am` or `pm`. */
function countWhen(words: readonly string[], from: number): number {
  let at = from;
  for (;;) {
    const [word = '', next = ''] = words.slice(at, at + 2);
    if (/^\d{1,2}$/u.test(word) && /^[ap]m$/iu.test(next)) at += 2;
    else if (WHEN.test(word)) at += 1;
    else return at - from;
  }
}
