import { type Outcome, ok, refused } from '../core/outcome.js';
import { type SealedTerms, sealDigest } from '../core/seal.js';
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
  const votes = checkVotes(packet, Math.max(scope.votes ?? system.votes, packet.approvalsNeeded));
  return votes === null ? ok(system) : refused(votes, 'The votes do not carry this grant.');
}

/** Rule 4: one vote a person, never the requester's nor the subject's, each over this very seal. */
function checkVotes(packet: GrantPacket, needed: number): ReceiptCode | null {
  const voters = new Set<string>();
  for (const vote of packet.votes) {
    if (vote.seal !== packet.seal) return 'vote_invalid';
    if (vote.principal === packet.requester || vote.principal === packet.subject) return 'vote_invalid';
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
