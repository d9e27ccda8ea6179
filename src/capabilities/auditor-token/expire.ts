import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import type { TokenState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';

/** The token's days are over. Every read compares its expiry with the clock, so this records an end that has happened. */
export const expire: Step<TokenState, Details> = (context, request) =>
  transition(context, request, {
    on: 'expire',
    details: request.details,
    dueAt: null,
    at: context.clock.now(),
    decision: oblige({
      rule: 'auditor-token.expired',
      message: 'The token has expired.',
      basis: { request: request.id, token: request.details.token },
    }),
    event: { type: 'auditor-token.expired', actor: { process: 'worker' } },
  });
