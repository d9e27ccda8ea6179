import type { PrincipalId } from '../../core/tenant.js';
import { personNamed } from '../person-named.js';
import { type OfferContext, possibleSubjects } from './offer.js';

export interface Behalf {
  subject: PrincipalId | null;
  /** The name that was no one person's who may have access; null where none was given, or that of a person. */
  unknown: string | null;
  /** What comes after it. */
  rest: string;
}

/** A name nobody has is at most this long, or what follows `for` is a sentence. */
const NAME_WORDS = 3;

/**
 * `for @somebody …`: whom the access is for. Where no one person is meant the name ends before the first words that are a
 * target, and what follows is read all the same. `for orders-db …` names nobody.
 */
export function behalfOf(
  context: OfferContext,
  by: PrincipalId,
  text: string,
  isTargetAt: (words: readonly string[], at: number) => boolean,
): Behalf {
  const words = /^\s*for\s+(.*)$/isu.exec(text)?.[1]?.trim();
  if (words === undefined) return { subject: null, unknown: null, rest: text };
  const { person, rest } = personNamed(context.policy.organisation, words);
  if (person !== null) {
    const isPossible = possibleSubjects(context, by, null).some(({ id }) => id === person.id);
    const unknown = isPossible || person.id === by ? null : person.name;
    return { subject: isPossible ? person.id : null, unknown, rest };
  }
  const mention = /^<@([^|>]*)(?:\|([^>]*))?>(.*)$/su.exec(words);
  if (mention !== null)
    return { subject: null, unknown: mention[2] || (mention[1] ?? ''), rest: mention[3] ?? '' };
  return unknownName(words.replace(/^@/u, '').split(/\s+/u), isTargetAt);
}

function unknownName(
  words: readonly string[],
  isTargetAt: (words: readonly string[], at: number) => boolean,
): Behalf {
  const target = words.findIndex((_, at) => isTargetAt(words, at));
  const length = target >= 0 && target <= NAME_WORDS ? target : 1;
  const name = words.slice(0, length).join(' ');
  return { subject: null, unknown: name === '' ? null : name, rest: words.slice(length).join(' ') };
}
