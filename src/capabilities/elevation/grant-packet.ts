import { addMinutes } from 'date-fns/addMinutes';
import { addSeconds } from 'date-fns/addSeconds';
import { min } from 'date-fns/min';
import { type GrantPacket, PACKET_VALIDITY_SECONDS } from '../../packet/index.js';
import { powerEndsAt } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { packetOf, shortLived } from '../send-packet.js';
import type { Window } from '../windows.js';
import { sealedChange } from './change.js';
import type { Elevation } from './schemas.js';
import { caseDigest } from './seal.js';

/**
 * What the doer is to grant, with the votes that carry it (rule 6): those on the request, or on the window that lets it
 * through. It ends with that window, and with the power of whom it is for, at the latest.
 */
export function grantPacket(
  context: VerbContext,
  request: Elevation,
  now: Date,
  window: Window | null,
): GrantPacket {
  const { details } = request;
  const subject = context.policy.organisation.people.find(({ id }) => id === request.subject);
  const leaves = subject === undefined ? null : powerEndsAt(subject);
  const longest = addMinutes(addSeconds(now, PACKET_VALIDITY_SECONDS), details.durationMinutes);
  return {
    ...packetOf(context, request, now),
    kind: 'grant',
    ...shortLived(now),
    requester: request.requester,
    subject: request.subject,
    scope: details.scope,
    login: details.login,
    privileges: [...details.privileges],
    startAt: details.startAt,
    change: sealedChange(details.change),
    durationMinutes: details.durationMinutes,
    reasonDigest: caseDigest(details),
    seal: details.seal,
    endsAtLatest: min([
      longest,
      ...(window === null ? [] : [new Date(window.details.terms.endsAt)]),
      ...(leaves === null ? [] : [leaves]),
    ]).toISOString(),
    approvalsNeeded: details.approvalsNeeded,
    votes: (window ?? request).votes
      .filter((vote) => vote.verdict === 'approve')
      .map((vote) => ({
        voteId: vote.id,
        principal: vote.principal,
        verdict: 'approve',
        seal: vote.seal,
        castAt: vote.castAt.toISOString(),
        proof: vote.proof,
      })),
    window: window === null ? null : windowInPacket(window),
  };
}

const windowInPacket = ({ id, requester, details }: Window) => ({
  requestId: id,
  requester,
  terms: details.terms,
  reasonDigest: details.reasonDigest,
  seal: details.seal,
});
