import { z } from 'zod';
import { Instant } from '../core/clock.js';
import { PacketId, PrincipalId, RequestId, TenantId } from '../core/tenant.js';
import { EndReason, Name } from '../packet/index.js';

/** Somebody's own account in a group that several grants may rest on (rule 13). */
export const Membership = z.strictObject({ handle: z.string(), login: z.string() });
export type Membership = z.infer<typeof Membership>;

/** What the doer owes: written to its own disk and to schema `doer` before the account is made (rules 8, 12). */
export const GrantRecord = z.strictObject({
  v: z.literal(1),
  tenant: TenantId,
  requestId: RequestId,
  /** The packet that began it: that one may be resumed after its validity. */
  packetId: PacketId,
  system: Name,
  /** Null for an end owed for a grant nobody here began. */
  scope: Name.nullable(),
  subject: PrincipalId.nullable(),
  seal: z.string().nullable(),
  account: z.string(),
  /** Null where the account is of our making. The target keeps no end of a membership: this record is all there is. */
  member: Membership.nullable(),
  /** The target's id of the account, known once it was read back: finds sessions that outlived it. */
  accountId: z.string().nullable(),
  /** `begun` until read back; only a `live` account is ever given a password. `over`: a membership proved ended. */
  state: z.enum(['begun', 'live', 'over']),
  createdAt: Instant,
  /** By our clock. Never extended (rule 12). */
  expiresAt: Instant,
  /** The same moment by the target's clock, which differs where a demonstration moves ours. */
  validUntil: Instant,
  /** Why it is to end, where that is not simply its time. */
  endReason: EndReason.nullable(),
  /** Whether the gatekeepers were told already that the end is unproved. */
  reportedUnproven: z.boolean(),
});
export type GrantRecord = z.infer<typeof GrantRecord>;

/** What stands beside the account at the target, so that whoever finds it can end it. */
export const AccountNote = z.strictObject({
  tenant: TenantId,
  requestId: RequestId,
  system: Name,
  scope: Name,
  expiresAt: Instant,
});
export type AccountNote = z.infer<typeof AccountNote>;

const PREFIX = 'cs_g_';

/** A grant's account is named for it; the name alone leads back to the grant. */
export const accountOf = (requestId: RequestId): string => `${PREFIX}${requestId.slice(2)}`;

/** Null for a name that is not of our making. */
export function requestOf(account: string): RequestId | null {
  const parsed = RequestId.safeParse(account.startsWith(PREFIX) ? `r_${account.slice(PREFIX.length)}` : '');
  return parsed.success ? parsed.data : null;
}

export function parseNote(note: string | null): AccountNote | null {
  try {
    const parsed = AccountNote.safeParse(JSON.parse(note ?? ''));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
