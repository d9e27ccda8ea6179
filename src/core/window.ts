import { canonicalDigest } from './canonical.js';
import type { PrincipalId, RequestId, TenantId } from './tenant.js';

/** What those who countersign a window agree to: these people, this often, until then, without being asked again. */
export interface WindowTerms {
  people: readonly PrincipalId[];
  /** Each with its privileges as resolved when sealed, in the connector's own words, sorted. */
  scopes: readonly { scope: string; privileges: readonly string[] }[];
  uses: number;
  /** The longest one use may be, in minutes. */
  longestMinutes: number;
  /** RFC 3339 UTC; nothing granted in it outlives `endsAt`. */
  startsAt: string;
  endsAt: string;
}

export interface SealedWindow {
  tenant: TenantId;
  /** The window's own request. */
  requestId: RequestId;
  requester: PrincipalId;
  system: string;
  terms: WindowTerms;
  reasonDigest: string;
}

/** Lower-case hex SHA-256 over the RFC 8785 form of a window, under the prefix `countersign-window-v1`. */
export const windowDigest = ({
  tenant,
  requestId,
  requester,
  system,
  terms,
  reasonDigest,
}: SealedWindow): string =>
  canonicalDigest({
    domain: 'countersign-window-v1',
    tenant,
    requestId,
    requester,
    system,
    reasonDigest,
    people: [...terms.people].sort(),
    scopes: terms.scopes
      .map(({ scope, privileges }) => ({ scope, privileges: [...privileges].sort() }))
      .sort((one, other) => (one.scope < other.scope ? -1 : 1)),
    uses: terms.uses,
    longestMinutes: terms.longestMinutes,
    startsAt: terms.startsAt,
    endsAt: terms.endsAt,
  });
