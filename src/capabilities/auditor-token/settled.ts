import { refused } from '../../core/outcome.js';
import type { TokenRequest } from './schemas.js';

/** The answer to whoever comes too late, or too early (rule 3). */
export const alreadyResolved = (request: TokenRequest) =>
  refused('already_resolved', `Request #${request.number} ${WORDS[request.state]}. Nothing changed.`);

const WORDS: Record<TokenRequest['state'], string> = {
  pending: 'still waits for an approval',
  approved: 'is already approved',
  issued: 'has its token: it was already shown, and is shown only once',
  expired: 'is over: its token has expired',
  revoked: 'is over: its token was revoked',
  denied: 'is already denied',
  timed_out: 'is closed: nobody answered in time',
  lapsed: 'is closed: its token was not fetched in time',
};
