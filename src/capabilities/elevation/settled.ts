import { refused } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import { readRequest, type StoredRequest } from '../../store/index.js';
import { typedRequest, type VerbContext } from '../define.js';
import { machine } from './machine.js';
import { Details, type Elevation } from './schemas.js';

export const NAME = 'elevation';

const asElevation = (request: StoredRequest): Elevation =>
  typedRequest({ name: NAME, machine, details: Details }, request);

async function readElevation(context: VerbContext, id: RequestId): Promise<Elevation | null> {
  const request = await readRequest(context.store, context.tenant, id);
  return request === null || request.capability !== NAME ? null : asElevation(request);
}

const ATTEMPTS = 8;

/**
 * Runs `attempt` on the request as it is now; a lost race is re-read and tried again (rule 3). Eight losses in a row
 * mean a storm: the person is asked to try again, and nothing was written.
 */
export async function onCurrent<T>(
  context: VerbContext,
  id: RequestId,
  attempt: (request: Elevation) => Promise<T | LostRace>,
): Promise<T | LostRace | NotFound> {
  for (let tries = 1; ; tries += 1) {
    const request = await readElevation(context, id);
    if (request === null) return refused('not_found', 'There is no such request.');
    const outcome = await attempt(request);
    if (!isLostRace(outcome) || tries === ATTEMPTS) return outcome;
  }
}

type LostRace = { ok: false; code: 'lost_race'; message: string };
type NotFound = { ok: false; code: 'not_found'; message: string };

const isLostRace = (outcome: unknown): outcome is LostRace =>
  typeof outcome === 'object' && outcome !== null && 'code' in outcome && outcome.code === 'lost_race';

/** The answer to whoever comes after the end of the asking (rule 3). */
export function alreadyResolved(request: Elevation): {
  ok: false;
  code: 'already_resolved';
  message: string;
} {
  return refused(
    'already_resolved',
    `Request #${request.number} is already ${WORDS[request.state]}. Nothing changed.`,
  );
}

const WORDS: Record<Elevation['state'], string> = {
  pending: 'waiting',
  approved: 'approved',
  executing: 'approved',
  active: 'granted',
  ending: 'ending',
  revoke_unproven: 'ending',
  ended: 'over',
  denied: 'denied',
  timed_out: 'closed: nobody answered in time',
  failed: 'closed: it could not be granted',
};
