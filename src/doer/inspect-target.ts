import type { ScopePlace, TargetSession } from '../connectors/connector.js';
import type { GrantPacket } from '../packet/index.js';
import { type Answer, rejected } from './answer.js';
import type { SystemLimits } from './limits.js';
import { clockSkewOf } from './times.js';

/** Whether the target is as the approver was told: its clock, the scope's exact privileges, nothing on top. Null if so. */
export async function inspectTarget(
  session: TargetSession,
  place: ScopePlace,
  packet: GrantPacket,
  limits: SystemLimits,
): Promise<Answer | null> {
  const skewMs = await clockSkewOf(session);
  if (skewMs !== null) return rejected('target_clock_skew', { skewMs });
  const found = await session.inspectScope(place);
  const approved = [...new Set(packet.privileges)].sort();
  if (approved.join('\n') !== found.privileges.join('\n'))
    return rejected('scope_privileges_differ', { found: found.privileges });
  if (found.unclean.length > 0) return rejected('scope_not_clean', { found: found.unclean });
  const excess = found.publicExcess.filter((word) => !limits.acceptedPublicExcess.includes(word));
  return excess.length > 0 ? rejected('public_excess', { found: excess.slice(0, 50) }) : null;
}
