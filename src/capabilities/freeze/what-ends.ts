import type { StoredRequest } from '../../store/index.js';
import type { Stop, VerbContext } from '../define.js';
import type { Details } from './schemas.js';

/**
 * Of what is open: the numbers of what a stop ends, by its own capability's word, and what stays open. A child counts as its
 * parent, so that an emergency's use with what is owed for it is one thing, ended and owed. What was stopped `before` is
 * ending, and no longer counts as open by itself.
 */
export function whatEnds(
  { others }: Pick<VerbContext, 'others'>,
  open: readonly StoredRequest[],
  { because, before }: { because: Stop; before: readonly number[] },
): Pick<Details, 'stopped' | 'left'> {
  const ending = open.filter((request) => others.stops(request, because));
  const left = open
    .filter((request) => !ending.includes(request) && !before.includes(request.number))
    .map((request) => open.find(({ id }) => id === request.parentId) ?? request);
  return {
    stopped: [...new Set([...before, ...ending.map(({ number }) => number)])],
    left: [...new Set(left)].map(({ number, capability }) => ({ number, capability })),
  };
}
