import { codeValue, escapeMrkdwn, graphemes, inlineValue, quotable } from './text.js';

/** The most of one section: below Slack's 3,000, so that a message of several stays short enough to be sent. */
const PAGE = 2_400;
/** Of a value whose every character is escaped. */
const ESCAPED = 5;

/** Lines in as few texts as hold them, one for each section to be; each line stays whole. */
export function paged(lines: readonly string[]): string[] {
  const pages: string[] = [];
  for (const line of lines) {
    const last = pages.at(-1);
    const joined = last === undefined ? line : `${last}\n${line}`;
    if (last === undefined || joined.length > PAGE) pages.push(line);
    else pages[pages.length - 1] = joined;
  }
  return pages;
}

/** Like `quotedValue`, with nothing cut: the lines of a quote, each short enough for a section. For `paged`. */
export const quotedWhole = (text: string): string[] =>
  quotable(text)
    .flatMap(pieces)
    .map((piece) => `>${inlineValue(piece, PAGE - 1)}`);

/** Like `codeValue`, with nothing cut of a value of at most 400 characters. */
export const codeWhole = (text: string): string => codeValue(text, text.length * ESCAPED + 2);

/** Like `inlineValue`, with nothing cut of a value of at most 400 characters. */
export const inlineWhole = (text: string): string => inlineValue(text, text.length * ESCAPED + 2);

/** A line in pieces that fit once escaped, with room for the marks around right-to-left text; no emoji is split. */
function pieces(line: string): string[] {
  const found: string[] = [];
  let [piece, length] = ['', 0];
  for (const { segment } of graphemes.segment(line)) {
    const more = escapeMrkdwn(segment).length;
    if (length + more > PAGE - 3) {
      found.push(piece);
      [piece, length] = ['', 0];
    }
    piece += segment;
    length += more;
  }
  return [...found, piece];
}
