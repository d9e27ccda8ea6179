import { canonicalDigest, sha256Hex } from './canonical.js';
import type { PrincipalId, RequestId, TenantId } from './tenant.js';

/** What an approver signs (rule 5): change any member and every earlier vote is void. */
export interface SealedTerms {
  tenant: TenantId;
  requestId: RequestId;
  requester: PrincipalId;
  /** Whom the access is for; the requester unless asked on someone's behalf. */
  subject: PrincipalId;
  system: string;
  scope: string;
  /** The subject's own account at the system, where it admits that; null where a grant makes an account. */
  login: string | null;
  /** The scope's privileges as resolved when sealed, in the connector's own words, sorted. */
  privileges: readonly string[];
  /** RFC 3339 UTC of a scheduled start, or null for "when approved". */
  startAt: string | null;
  durationMinutes: number;
  /** `owner/name@<40 hex>` where the access deploys a change (core/change.ts), else null. */
  change: string | null;
  /** SHA-256 of the reason's UTF-8 bytes, lower-case hex: the packet carries this, never the text. */
  reasonDigest: string;
}

/** Lower-case hex SHA-256 over the RFC 8785 form of the terms, under the prefix `countersign-seal-v1`. */
export function sealDigest(terms: SealedTerms): string {
  return canonicalDigest({
    domain: 'countersign-seal-v1',
    ...terms,
    privileges: [...terms.privileges].sort(),
  });
}

export const reasonDigest = (reason: string): string => sha256Hex(reason);
