import type { Organisation, Person } from '../policy/index.js';

/**
 * Whom the first words of a command mean: `<@U02BOB|bob>` as Slack sends a mention, or an id, a mail address or a full
 * name as the organisation's files have it. `rest` is what comes after; `person` is null where nobody is meant.
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
  for (const person of organisation.people)
    for (const name of [person.name, person.identities.email, person.id])
      if (beginsWith(plain, name)) return { person, rest: plain.slice(name.length).trim() };
  return { person: null, rest: plain };
}

/** The whole name, and then nothing or a space: `bob` is no `bobby`. */
const beginsWith = (text: string, name: string): boolean =>
  text.slice(0, name.length).toLowerCase() === name.toLowerCase() &&
  /^(?:\s|$)/u.test(text.slice(name.length));
