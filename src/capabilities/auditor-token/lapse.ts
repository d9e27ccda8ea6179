import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import type { TokenState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';

/** Approved, but not fetched in time: the token is never made. */
export const lapse: Step<TokenState, Details> = (context, request) =>
  transition(context, request, {
    on: 'lapse',
    details: request.details,
    dueAt: null,
    at: context.clock.now(),
    decision: oblige({
      rule: 'auditor-token.not_fetched',
      message: 'The token was not fetched in time.',
      basis: { request: request.id, fetchUntil: request.details.fetchUntil },
    }),
    event: { type: 'auditor-token.lapsed', actor: { process: 'worker' } },
  });
