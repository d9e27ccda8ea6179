import type { Names, Surface } from '../define.js';
import { inThread } from '../lines.js';
import { approvedBy as approvedByVotes, when } from '../wording.js';
import type { Elevation } from './schemas.js';

/** Who let it through: those who voted on it, or those who countersigned its window beforehand. */
export function approvedBy(request: Elevation, names: Names): string {
  const { window, decided } = request.details;
  if (window === null) return approvedByVotes(request, names);
  const people = window.approvers.map((person) => names.mention(person)).join(' and ');
  return `Approved beforehand by window #${window.number}, which ${people} countersigned · ${when(decided?.at ?? null)}`;
}

/** In place of the call for approvers: that nobody is asked, on whose word, and how often that still holds. */
export function windowSurfaces(request: Elevation, names: Names): Surface[] {
  const { window } = request.details;
  if (window === null) return [];
  const left =
    window.usesLeft === 0
      ? 'That was its last use: the next request is asked of people.'
      : `It lets ${window.usesLeft} more ${window.usesLeft === 1 ? 'use' : 'uses'} through.`;
  const text = `${approvedBy(request, names)}. Nobody needs to decide. ${left}`;
  return [inThread('window', text)];
}
