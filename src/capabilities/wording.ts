import { quotedValue, slackCountdown, slackDate } from '../blocks/index.js';
import type { PrincipalId } from '../core/tenant.js';
import type { StoredVote } from '../store/index.js';
import type { Names, Surface } from './define.js';
import { inThread } from './lines.js';
import type { Decided } from './votes.js';

/** An instant (RFC 3339) as each reader's own date and time. */
export const when = (instant: string | null): string =>
  instant === null ? 'now' : slackDate(new Date(instant), inUtc(instant));

/** An end or a deadline: with how long is left, or since. */
export const due = (instant: string | null): string =>
  instant === null ? 'now' : slackCountdown(new Date(instant), inUtc(instant));

const inUtc = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

export function approvedBy(
  request: { votes: readonly StoredVote[]; details: { decided: Decided | null } },
  names: Names,
): string {
  const people = request.votes
    .filter((vote) => vote.verdict === 'approve')
    .map((vote) => names.mention(vote.principal));
  return `Approved by ${people.join(' and ')} · ${when(request.details.decided?.at ?? null)}`;
}

export function deniedBy(decided: Decided | null, names: Names): string {
  const by = decided?.by ? ` by ${names.mention(decided.by)}` : '';
  return `Denied${by} · ${when(decided?.at ?? null)}\n${quotedValue(decided?.reason || 'No reason was given.', 900)}`;
}

export const cancelledBy = (request: { details: { decided: Decided | null } }, names: Names): string => {
  const { decided } = request.details;
  return `Cancelled${decided?.by ? ` by ${names.mention(decided.by)}` : ''} · ${when(decided?.at ?? null)}`;
};

export const TIMED_OUT = 'Nobody answered in time. That is no denial: ask again if it is still needed.';

/** The first of many, and how many more there are. */
export function listed(all: readonly string[], most: number, between: ', ' | '\n' = ', '): string {
  const more = all.length - most;
  const shown = all.slice(0, most).join(between);
  return more > 0 ? `${shown}${between === '\n' ? '\n' : ' '}and ${more} more` : shown;
}

/** How many people one message names; whoever else may act can do so unasked. */
export const NAMED_AT_MOST = 20;

/** Approvers are mentioned once, in the thread; the line stays what it was when the request is decided. */
export function askSurface(approvers: readonly PrincipalId[], names: Names): Surface {
  const people = approvers.slice(0, NAMED_AT_MOST).map((person) => names.mention(person));
  return inThread('ask', `${people.join(', ')}: please approve or deny this with the buttons above.`);
}
