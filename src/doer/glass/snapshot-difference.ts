import { canonicalDigest } from '../../core/canonical.js';
import type { DriftLine } from '../../packet/index.js';
import { dangerOf } from './danger.js';

/** One line that two snapshots of a target do not share, whole. */
export type Difference = readonly { change: 'added' | 'removed'; line: string }[];

const LONGEST_LINE = 300;
/** Room for thousands of lines; the inbox takes a receipt of twice that. */
const MOST_BYTES = 512 * 1024;

/** What two snapshots of a target do not share, the most dangerous first: no heap of junk hides what matters behind it. */
export function differenceOf(before: readonly string[], after: readonly string[]): Difference {
  const [was, is] = [new Set(before), new Set(after)];
  return [
    ...after.filter((line) => !was.has(line)).map((line) => ({ change: 'added' as const, line })),
    ...before.filter((line) => !is.has(line)).map((line) => ({ change: 'removed' as const, line })),
  ]
    .map((one) => ({ ...one, ...dangerOf(one.line) }))
    .toSorted((one, other) => one.rank - other.rank || (one.line < other.line ? -1 : 1))
    .map(({ change, line }) => ({ change, line }));
}

/** The difference as a receipt takes it: every line, or as many as fit and then one that says what is missing. */
export function linesOf(difference: Difference): DriftLine[] {
  const kept: DriftLine[] = [];
  let bytes = 0;
  for (const { change, line } of difference) {
    const short = { change, line: shortened(line) };
    bytes += Buffer.byteLength(JSON.stringify(short)) + 1;
    if (bytes > MOST_BYTES) break;
    kept.push(short);
  }
  const rest = difference.slice(kept.length);
  return rest.length === 0 ? kept : [...kept, { change: 'more', line: countOf(rest) }];
}

/** What the entry says of it: how much, and a digest over all of it, the lines that did not fit included. */
export const digestOf = (difference: Difference) => ({
  lines: difference.length,
  sha256: canonicalDigest(difference),
});

function countOf(rest: Difference): string {
  const counts = new Map<string, number>();
  for (const { change, line } of rest) {
    const what = `${change} ${dangerOf(line).kind}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const kinds = [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
  return `${rest.length} lines that do not fit here, kept by the executor: ${kinds}`;
}

/**
 * Head and tail, since a line ends with its owner and body. Never inside a character: half of one has no canonical JSON, and
 * whoever was in could keep the receipt from being made.
 */
const shortened = (line: string): string =>
  line.length > LONGEST_LINE
    ? `${line.slice(0, 180).replace(/[\ud800-\udbff]$/, '')}…${line.slice(-119).replace(/^[\udc00-\udfff]/, '')}`
    : line;
