import type { MrkdwnElement, PlainTextElement } from '@slack/types';

/** Everything a reader cannot see but a terminal or a bidi algorithm obeys: C0/C1 controls, bidi overrides and marks. */
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const ELLIPSIS = '…';

/** Signs that Slack takes for formatting at the edge of a word, and one each that looks like it and is none. */
const FORMATTING = /(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu;
const LOOK_ALIKE: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };

export const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Slack's three control characters as entities, so that text can neither mention nor link (rule 15). */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Cuts to at most `maxLength` UTF-16 units, ellipsis included, and never inside an emoji or a combined letter.
 * `measure` says what one grapheme costs once rendered, e.g. its escaped length.
 */
export function truncate(text: string, maxLength: number, measure = (part: string) => part.length): string {
  let length = 0;
  let kept = '';
  let keptWithEllipsis = '';
  for (const { segment } of graphemes.segment(text)) {
    length += measure(segment);
    if (length > maxLength) return keptWithEllipsis + ELLIPSIS;
    kept += segment;
    if (length <= maxLength - ELLIPSIS.length) keptWithEllipsis = kept;
  }
  return kept;
}

/**
 * One value from outside, for a line of mrkdwn: on one line, without invisible characters, escaped, at most `maxLength`
 * UTF-16 units. Right-to-left text is isolated, so that it cannot reorder what stands after it.
 */
export function inlineValue(text: string, maxLength: number): string {
  const line = text.replace(/\s+/gu, ' ').replace(INVISIBLE, '').trim();
  const isolated = RIGHT_TO_LEFT.test(line);
  const room = isolated ? maxLength - 2 : maxLength;
  const shown = escapeMrkdwn(truncate(line, room, (part) => escapeMrkdwn(part).length));
  return isolated ? FIRST_STRONG_ISOLATE + shown + POP_ISOLATE : shown;
}

/** One value from outside as code, which no backtick of its own can leave. */
export const codeValue = (text: string, maxLength: number): string =>
  `\`${inlineValue(text.replaceAll('`', "'"), maxLength)}\``;

/**
 * Free text from a person or an agent as a block quote: every line is marked, so that none can pass for ours. mrkdwn has
 * no escape for its formatting, and a reason that Slack strikes through is not read as it was written.
 */
export function quotedValue(text: string, maxLength: number): string {
  const lines = quotable(text);
  const each = Math.floor(maxLength / Math.max(1, lines.length));
  if (each < 8) return `>${inlineValue(lines.join(' '), maxLength - 1)}`;
  return lines.map((line) => `>${inlineValue(line, each - 2)}`).join('\n');
}

/** The lines of a quote before they are marked, escaped and cut. */
export const quotable = (text: string): string[] =>
  text
    .replace(FORMATTING, (sign) => LOOK_ALIKE[sign] ?? sign)
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** `<!date^…>`: each reader sees their own time zone; `fallback` is what an old client or a mail digest shows. */
export const slackDate = (date: Date, fallback: string): string => dateAs(SHORT, date, fallback);

/** The same with how long until then, or since, which Slack counts anew whenever somebody looks. */
export const slackCountdown = (date: Date, fallback: string): string =>
  dateAs(`${SHORT} ({ago})`, date, fallback);

const SHORT = '{date_short_pretty} {time}';

function dateAs(format: string, date: Date, fallback: string): string {
  const seconds = Math.floor(date.getTime() / 1000);
  const plain = escapeMrkdwn(fallback).replaceAll('|', '/');
  return `<!date^${seconds}^${format}|${plain}>`;
}

/** A mention by Slack id (`U…` or `W…`). Throws `TypeError` on anything else: an id is never free text. */
export function mention(slackUserId: string): string {
  if (!/^[UW][A-Z0-9]+$/u.test(slackUserId)) throw new TypeError('A Slack user id was expected.');
  return `<@${slackUserId}>`;
}

/** Plain text, cut to `maxLength`; emoji codes stay text. Slack refuses empty text, so an empty value shows a dash. */
export function plainText(text: string, maxLength: number): PlainTextElement {
  return { type: 'plain_text', text: truncate(text.replace(INVISIBLE, ''), maxLength) || '–', emoji: false };
}

/**
 * mrkdwn whose outside parts went through `inlineValue` or `quotedValue`. `verbatim` stops Slack from turning the rest
 * into links and mentions. Cutting here is the last resort: it is a value's own limit that keeps later values visible.
 */
export function mrkdwn(text: string, maxLength = 3000): MrkdwnElement {
  return { type: 'mrkdwn', text: truncate(text, maxLength) || '–', verbatim: true };
}
