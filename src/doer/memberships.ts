import type { RequestId } from '../core/tenant.js';
import type { DoerContext } from './context.js';
import type { Holder } from './database.js';
import type { Membership } from './grant-record.js';

/**
 * Rule 13: the other grants by which this person is in this group now. Without our database only those this doer began
 * can be known, and what cannot be known counts as less access.
 */
export async function otherHolders(
  context: DoerContext,
  member: Membership,
  requestId: RequestId,
): Promise<RequestId[]> {
  const known = await context.database.findHolders(member, context.clock.now()).catch(() => null);
  return (known ?? heldHere(context, member))
    .filter((one) => !one.lapsed && context.disk.tombstoneOf(one.requestId) === undefined)
    .map((one) => one.requestId)
    .filter((one) => one !== requestId);
}

/** Whether it is by us that this person is in this group: also by a grant whose end is only just under way. */
export const isByUs = async (context: DoerContext, member: Membership): Promise<boolean> =>
  (await context.database.findHolders(member, context.clock.now())).length > 0;

function heldHere(context: DoerContext, { handle, login }: Membership): Holder[] {
  const now = context.clock.now().getTime();
  return context.disk
    .allOwed()
    .filter(({ member }) => member?.handle === handle && member.login === login)
    .map(({ requestId, expiresAt }) => ({ requestId, lapsed: Date.parse(expiresAt) <= now }));
}
