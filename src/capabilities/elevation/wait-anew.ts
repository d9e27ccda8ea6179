import { outageWithin } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { pendingUntil } from './nudges.js';
import type { Details, Elevation } from './schemas.js';

/** The wait of a request on which people have to decide anew: as long as that of a new one, with its whole ladder. */
export const waitAnew = async (
  context: VerbContext,
  { createdAt, details }: Elevation,
  now: Date,
): Promise<Pick<Details, 'pendingUntil' | 'outageMilliseconds'>> => ({
  pendingUntil: pendingUntil(context, { system: details.system, now }),
  // What Slack was away before this wait began adds nothing to it.
  outageMilliseconds: await outageWithin(context.store, context.tenant, createdAt, now),
});
