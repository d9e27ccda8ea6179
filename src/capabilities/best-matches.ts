/** What an external select may offer at once. */
const OFFERED = 100;

/**
 * The options in which every word of the query occurs, those that begin with it first; at most 100, which is what Slack
 * shows. Whatever is left out is found by typing more of it.
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

/** 0: begins with what was typed; 1: some word of it does; 2: it occurs. */
function rankOf(text: string, words: readonly string[]): number {
  if (text.startsWith(words.join(' '))) return 0;
  return words.every((word) => text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) ? 1 : 2;
}
