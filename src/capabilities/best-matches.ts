/** What an external select may offer at once. */
const OFFERED = 100;

/**
 * The options in which every word of the query occurs, those that have it as a whole first; at most 100, which is what
 * Slack shows. Whatever is left out is found by typing more of it.
 */
export function bestMatches<Option extends { text: string; value: string }>(
  options: readonly Option[],
  query: string,
): Option[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
  return options
    .flatMap((option) => {
      const text = `${option.text} ${option.value}`.toLowerCase();
      return words.every((word) => text.includes(word)) ? [{ option, rank: rankOf(text, words) }] : [];
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, OFFERED)
    .map(({ option }) => option);
}

/** Each word typed stands in it whole: 0 where it begins with them, else 1; it begins so: 2; words of it do: 3; else 4. */
function rankOf(text: string, words: readonly string[]): number {
  const begins = text.startsWith(words.join(' '));
  const whole = text.split(/[^\p{L}\p{N}_-]+/u);
  if (words.every((word) => whole.includes(word))) return begins ? 0 : 1;
  if (begins) return 2;
  return words.every((word) => text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) ? 3 : 4;
}
