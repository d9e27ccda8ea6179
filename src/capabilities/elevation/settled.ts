import { refused } from '../../core/outcome.js';
import type { Elevation } from './schemas.js';

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
  cancelled: 'cancelled',
  timed_out: 'closed: nobody answered in time',
  failed: 'closed: it could not be granted',
};
