import { refused } from '../../core/outcome.js';
import type { Glass } from './schemas.js';

/** The answer to whoever comes too late, or too early (rule 3). */
export const alreadyResolved = (request: Glass) =>
  refused('already_resolved', `#${request.number} ${WORDS[request.state]}. Nothing changed.`);

const WORDS: Record<Glass['state'], string> = {
  alerting: 'waits for its alert to arrive',
  opening: 'is being opened',
  open: 'is open',
  ending: 'is ending already',
  rotation_unproven: 'is ending already',
  rotated: 'is over',
  closed: 'is over',
  failed: 'could not be opened',
  justification_waiting: 'needs no justification yet: nothing was shown',
  justification_due: 'waits for its justification',
  justification_overdue: 'waits for its justification',
  justification_stood_in: 'is recorded without its user',
  justification_given: 'has its justification',
  justification_closed: 'is closed',
  review_open: 'is under review',
  review_overdue: 'is under review',
  review_closed: 'is reviewed and closed',
  dropped: 'is closed: nothing was ever shown',
};
