import { refused } from '../../core/outcome.js';
import type { WindowRequest } from './schemas.js';

/** The answer to whoever comes too late, or too early (rule 3). */
export const alreadyResolved = (request: WindowRequest) =>
  refused('already_resolved', `Window #${request.number} ${WORDS[request.state]}. Nothing changed.`);

const WORDS: Record<WindowRequest['state'], string> = {
  pending: 'still waits for an approval',
  open: 'is already open',
  used_up: 'is already used up',
  expired: 'is over: its time has passed',
  closed: 'is already closed',
  denied: 'is already denied',
  timed_out: 'is over: nobody answered in time',
};
