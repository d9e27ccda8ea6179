import type { PrincipalId } from '../core/tenant.js';

/** What is known of who is best asked. None of it gives anybody power. */
export interface Availability {
  onCall: readonly PrincipalId[];
  /** Who is away, and the approver they named meanwhile. */
  away: readonly { person: PrincipalId; delegate: PrincipalId | null }[];
}

/** Puts those on call first, then who stands in for somebody, and who is away last. Adds nobody and drops nobody. */
export function orderApprovers(
  approvers: readonly PrincipalId[],
  { onCall, away }: Availability,
): PrincipalId[] {
  const rank = (person: PrincipalId): number => {
    if (away.some((one) => one.person === person)) return 3;
    if (onCall.includes(person)) return 0;
    const standsIn = away.some((one) => one.delegate === person && approvers.includes(one.person));
    return standsIn ? 1 : 2;
  };
  return approvers.toSorted((one, other) => rank(one) - rank(other));
}
