import type { Json } from '../core/canonical.js';
import type { PrincipalId } from '../core/tenant.js';

/** What stands where somebody's words stood. */
export const ERASED = 'erased';

/** Where people's own words stand in the details of each capability; `*` is each of a list. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  elevation: [
    'reason',
    'ticket',
    'decided.reason',
    'end.why',
    'deciding.questions.*.text',
    'deciding.questions.*.answer.text',
  ],
  window: ['reason', 'ticket', 'decided.reason', 'closed.why'],
  // The incident record of a review is the organisation's, and stays.
  'break-glass': ['what', 'texts.*.text', 'standIn.text'],
  'auditor-token': ['purpose', 'decided.reason'],
  absence: ['note'],
  freeze: ['reason'],
  recall: [],
  erasure: ['reason', 'decided.reason'],
};

interface Request {
  capability: string;
  requester: PrincipalId;
  subject: PrincipalId;
}

/**
 * The details of a request without a person's words: all words where they asked or it was for them, since those are about
 * them; elsewhere what stands beside them as `by`.
 * @throws RangeError for a capability without a line above.
 */
export function eraseWords({ capability, ...request }: Request, details: Json, person: PrincipalId): Json {
  const paths = WORDS[capability];
  if (paths === undefined) throw new RangeError(`nobody said where the words of ${capability} stand`);
  const isTheirs = request.requester === person || request.subject === person;
  return paths.reduce(
    (left, path) => blank(left, path.split('.'), { person, isTheirs, isSaid: false }),
    details,
  );
}

function blank(
  value: Json,
  [head, ...rest]: readonly string[],
  whose: { person: PrincipalId; isTheirs: boolean; isSaid: boolean },
): Json {
  if (head === undefined)
    return typeof value === 'string' && value !== '' && (whose.isTheirs || whose.isSaid) ? ERASED : value;
  if (isList(value)) return head === '*' ? value.map((one) => blank(one, rest, whose)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const member = value[head];
  if (member === undefined) return value;
  const isSaid = value['by'] === undefined ? whose.isSaid : value['by'] === whose.person;
  return { ...value, [head]: blank(member, rest, { ...whose, isSaid }) };
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
