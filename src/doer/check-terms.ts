import { type Outcome, ok, refused } from '../core/outcome.js';
import { type SealedTerms, sealDigest } from '../core/seal.js';
import { windowDigest } from '../core/window.js';
import type { GrantPacket, ReceiptCode } from '../packet/index.js';
import type { Limits, SystemLimits } from './limits.js';

/**
 * Holds a verified grant packet against its own seal, its votes and the target owner's limits (rules 5, 6). Whoever owns
 * our gatekeepers can sign anything; this is what they cannot talk their way around.
 */
export function checkTerms(packet: GrantPacket, limits: Limits): Outcome<SystemLimits, ReceiptCode> {
  const system = Object.hasOwn(limits.systems, packet.system) ? limits.systems[packet.system] : undefined;
  if (!system) return refused('limit_system', 'The system is not in the limits.');
  const scope = Object.hasOwn(system.scopes, packet.scope) ? system.scopes[packet.scope] : undefined;
  if (!scope) return refused('limit_scope', 'The scope is not in the limits.');
  if (packet.privileges.some((privilege) => !scope.privileges.includes(privilege)))
    return refused('limit_privileges', 'A privilege is beyond the limits.');
  if (
    packet.durationMinutes > Math.min(system.longestMinutes, scope.longestMinutes ?? Number.POSITIVE_INFINITY)
  )
    return refused('limit_duration', 'The duration is beyond the limits.');
  if (scope.repository !== undefined && packet.change?.split('@')[0] !== scope.repository)
    return refused('limit_change', 'Nothing of the repository in the limits is deployed.');
  if (sealDigest(termsOf(packet)) !== packet.seal)
    return refused('seal_mismatch', 'The seal is not over these terms.');
  if (packet.window !== null && !scope.windows)
    return refused('limit_window', 'The scope is not granted through windows.');
  if (packet.window !== null && !isCovered(packet, packet.window))
    return refused('window_mismatch', 'The window does not cover this grant.');
  const votes = checkVotes(packet, Math.max(scope.votes ?? system.votes, packet.approvalsNeeded));
  return votes === null ? ok(system) : refused(votes, 'The votes do not carry this grant.');
}

/** Within what the window's votes were cast for, to the last member; how often, our own limit of grants an hour bounds. */
function isCovered(packet: GrantPacket, window: NonNullable<GrantPacket['window']>): boolean {
  const { tenant, system, subject, requester } = packet;
  const { terms } = window;
  const scope = terms.scopes.find((one) => one.scope === packet.scope);
  return (
    windowDigest({ ...window, tenant, system }) === window.seal &&
    requester === subject &&
    terms.people.includes(subject) &&
    scope !== undefined &&
    packet.privileges.every((privilege) => scope.privileges.includes(privilege)) &&
    packet.durationMinutes <= terms.longestMinutes &&
    packet.startAt === null &&
    packet.change === null &&
    packet.issuedAt >= terms.startsAt &&
    packet.endsAtLatest <= terms.endsAt
  );
}

/** Rule 4: one vote a person, never of somebody who asked or gains, each over this very seal or that of its window. */
function checkVotes(packet: GrantPacket, needed: number): ReceiptCode | null {
  const { requester, subject, window } = packet;
  const gaining = [
    requester,
    subject,
    ...(window === null ? [] : [window.requester, ...window.terms.people]),
  ];
  const voters = new Set<string>();
  for (const vote of packet.votes) {
    if (vote.seal !== (window?.seal ?? packet.seal)) return 'vote_invalid';
    if (gaining.includes(vote.principal)) return 'vote_invalid';
    if (voters.has(vote.principal)) return 'vote_invalid';
    voters.add(vote.principal);
  }
  return voters.size >= needed ? null : 'votes_missing';
}

/** Exactly the sealed members: the digest covers whatever it is given. */
const termsOf = (packet: GrantPacket): SealedTerms => ({
  tenant: packet.tenant,
  requestId: packet.requestId,
  requester: packet.requester,
  subject: packet.subject,
  system: packet.system,
  scope: packet.scope,
  login: packet.login,
  privileges: packet.privileges,
  startAt: packet.startAt,
  durationMinutes: packet.durationMinutes,
  change: packet.change,
  reasonDigest: packet.reasonDigest,
});
