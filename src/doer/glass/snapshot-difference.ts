/** As many lines as one side of the difference shows; an administrator compares the rest at the target. */
const MOST_LINES = 40;
const LONGEST_LINE = 300;
/** Both sides together stay under what a receipt takes as evidence, or it would say nothing of the proof either. */
const MOST_BYTES = 7_000;

/** What two sorted snapshots of a target do not share. */
export function differenceOf(
  before: readonly string[],
  after: readonly string[],
): { added: string[]; removed: string[] } {
  const [was, is] = [new Set(before), new Set(after)];
  return {
    added: bounded(after.filter((line) => !was.has(line))),
    removed: bounded(before.filter((line) => !is.has(line))),
  };
}

function bounded(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.slice(0, MOST_LINES)) {
    const short = shortened(line);
    bytes += Buffer.byteLength(JSON.stringify(short));
    if (bytes > MOST_BYTES) break;
    kept.push(short);
  }
  const more = lines.length - kept.length;
  return more > 0 ? [...kept, `and ${more} more: compare the target itself`] : kept;
}

/** Never inside a character: half of one has no canonical JSON, and whoever was in could keep the receipt from being made. */
const shortened = (line: string): string =>
  line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE).replace(/[\ud800-\udbff]$/, '')}…` : line;
