/** As many lines as a receipt carries; an administrator compares the rest at the target. */
const MOST_LINES = 40;
const LONGEST_LINE = 300;

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
  const cut = lines
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
  const more = lines.length - cut.length;
  return more > 0 ? [...cut, `and ${more} more: compare the target itself`] : cut;
}
