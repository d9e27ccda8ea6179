import { z } from 'zod';
import { Instant } from '../../core/clock.js';
import { PacketId, PrincipalId, RequestId, TenantId } from '../../core/tenant.js';
import { SealedText } from '../../credentials/index.js';
import { Name } from '../../packet/index.js';

/** A break-glass use as the doer knows it: on its own disk, and in schema `doer`, before anything is shown (rules 8, 12). */
export const GlassRecord = z.strictObject({
  v: z.literal(1),
  tenant: TenantId,
  requestId: RequestId,
  packetId: PacketId,
  system: Name,
  account: z.string(),
  subject: PrincipalId,
  state: z.enum(['checked_out', 'rotated']),
  checkedOutAt: Instant,
  /** By our clock. Never extended (rule 12). */
  expiresAt: Instant,
  /** Every password shown, under the doer's own key, until each is proved dead. */
  shown: z.array(SealedText),
  /** All break-glass accounts of the system then: whether one may log in is no difference between snapshots. */
  accounts: z.array(z.string()),
  /** What could persist at the target before anything was shown; empty once the end is proved. */
  before: z.array(z.string()),
  /** What differed from it when the end was proved: whole, in the order of the receipt, and kept. */
  difference: z.array(z.object({ change: z.enum(['added', 'removed']), line: z.string() })),
  /** Whether the gatekeepers were told already that the rotation is unproved. */
  reportedUnproven: z.boolean(),
  /** What the proof showed, so that a repeated packet gets the same answer. */
  proof: z.record(z.string(), z.json()).nullable(),
});
export type GlassRecord = z.infer<typeof GlassRecord>;

/** What tells who has an account. */
export const GlassLine = z.object({ requestId: RequestId, account: z.string() });
export type GlassLine = z.infer<typeof GlassLine>;
