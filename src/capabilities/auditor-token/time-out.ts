import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import type { TokenState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';

/** Nobody answered in time. */
export const timeOut: Step<TokenState, Details> = (context, request) => {
  const now = context.clock.now();
  return transition(context, request, {
    on: 'time_out',
    details: { ...request.details, decided: { by: null, at: now.toISOString(), reason: null } },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'auditor-token.pending_timeout',
      message: 'Nobody answered in time.',
      basis: { request: request.id, pendingUntil: request.details.pendingUntil },
    }),
    event: { type: 'auditor-token.timed_out', actor: { process: 'worker' } },
  });
};
