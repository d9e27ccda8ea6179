import type { Organisation, Person } from '../policy/index.js';

/**
 * Whom the first words of a command mean: `<@U02BOB|bob>` as Slack sends a mention, or an id, a mail address or a full
 * name as the organisation's files have it, the longest that fits. `rest` is what comes after; `person` is null where
 * nobody is meant, or several could be.
 */
export function personNamed(
  organisation: Organisation,
  text: string,
): { person: Person | null; rest: string } {
  const words = text.trim();
  const mention = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>\s*/u.exec(words);
  if (mention !== null)
    return {
      person: organisation.people.find((one) => one.identities.slack?.includes(mention[1] ?? '')) ?? null,
      rest: words.slice(mention[0].length),
    };
  const plain = words.replace(/^@/u, '');
  const meant = organisation.people.flatMap((person) =>
    [...new Set([person.name, person.identities.email, person.id].map((name) => name.toLowerCase()))]
      .filter((name) => beginsWith(plain, name))
      .map(({ length }) => ({ person, length })),
  );
  const longest = Math.max(...meant.map(({ length }) => length));
  const [only, ...others] = meant.filter(({ length }) => length === longest);
  if (only === undefined || others.length > 0) return { person: null, rest: plain };
  return { person: only.person, rest: plain.slice(longest).trim() };
}

/** The whole name, and then nothing or a space: `bob` is no `bobby`. */
const beginsWith = (text: string, name: string): boolean =>
  text.slice(0, name.length).toLowerCase() === name && /^(?:\s|$)/u.test(text.slice(name.length));
